"""What `luthier play` does when a plugin hangs: it plays on with another engine, without it."""

import argparse
import itertools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from engine.foreign import calls, parse
from engine.host import Host
from session.hang_watch import Hang, HangWatch


class PluginHang(Exception):
    """A plugin does not come back from the audio thread, which cannot be ended."""

    def __init__(self, hang: Hang) -> None:
        super().__init__(f"{hang.title} does not come back: it is left out")
        self.hang = hang


def make_task(host: Host) -> Callable[[], None]:
    """Make a task that raises PluginHang."""
    watch = HangWatch()

    def poll() -> None:
        hang = watch.look(host, None)
        if hang is not None:
            raise PluginHang(hang)

    return poll


def leave_out(args: argparse.Namespace, hang: Hang) -> bool:
    """Take a plugin that hangs out of the options; False if they do not name it as an effect.

    A recording goes on in another file.
    """
    calls.refuse(hang.source, hang.title)
    plugins = [name for name in args.plugins if str(parse(name)) != hang.source]
    if plugins == args.plugins:
        return False
    args.plugins = plugins
    for option in ("params", "plugin_presets", "side_chains", "outputs"):
        setattr(args, option, [text for text in getattr(args, option) if not text.startswith(hang.title)])
    for option in ("side_chains", "outputs"):  # what is for all plugins needs one
        setattr(args, option, [text for text in getattr(args, option) if "=" in text or plugins])
    if args.record:
        first = Path(args.record)
        names = (first.with_stem(f"{first.stem}-{number}") for number in itertools.count(2))
        args.record = str(next(path for path in names if not path.exists()))
    return True


def end(status: int) -> NoReturn:
    """End the process where a thread hangs in it: nothing else would."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
