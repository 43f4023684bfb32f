"""The presets of a CLAP file, listed by another process: whatever the code of others does there, this one goes on."""

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from engine.foreign.clap.preset_discovery import ClapPreset
from engine.plugin.external import PluginError

from .scanner import exit_text

CHILD_MODULE = "engine.foreign.scan.preset_process"
MAX_LIST_SECONDS = 20.0  # for one file


def find_presets(path: Path) -> list[ClapPreset]:
    """All presets that a file brings along; listed once as long as the file stays as it is. PluginError."""
    try:
        return _find(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise PluginError(f"the presets of {path} cannot be listed: {error.strerror}") from None


@lru_cache(maxsize=64)
def _find(path: Path, _changed_at: int) -> list[ClapPreset]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    command = [sys.executable, "-m", CHILD_MODULE, str(path)]
    try:
        ended = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=MAX_LIST_SECONDS, check=False,
        )  # fmt: skip
        return [ClapPreset(**fields) for fields in json.loads(ended.stdout)]
    except subprocess.TimeoutExpired:
        why = f"they did not come within {MAX_LIST_SECONDS:g} s"
    except (ValueError, TypeError):
        why = f"the process that lists them {exit_text(ended.returncode)}"
    raise PluginError(f"the presets of {path} cannot be listed: {why}")
