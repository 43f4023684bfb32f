"""A page with a hand before the camera, whose tracker is the small one beside this file."""

from pathlib import Path

import pytest

from cli.main import main
from export.page import hand_tracker
from tests.support.shell.browser_shell import browser_shell

TRACKER = Path(__file__).with_name("bright_spot_tracker.js")


def write_hand_page(path: Path, name: str) -> Path:
    """Export the instrument of this name to a path with the small tracker in place of the one that npm fetches."""
    files = {each: TRACKER.read_bytes() if each == "hands.js" else b"\0" for each in hand_tracker.FILES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUTHIER_SHELLS", str(browser_shell()))
        patch.setattr(hand_tracker, "load_tracker", lambda package="": hand_tracker.HandTracker(files))
        assert main(["export", name, "-o", str(path), "--hands"]) == 0
    return path
