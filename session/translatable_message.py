"""Messages to the user: English templates, translated where they are displayed."""

import errno
import os
from os import PathLike
from pathlib import Path

from engine.preset import instrument_name

ENGINE_STOPPED = "The engine has stopped: {0}: {1}"
RECORDING_FAILED = "{0} could not be written on: {1}"
INSTRUMENT_MISSING = "{0} needs the instrument {1}, which is not there: let its file fall on the window"
NAME_TAKEN = "There is an instrument called {0} already"
NOT_A_PATCH = "{0} is no patch"
LEFT_OUT = "{0} is left out: Luthier has ended while it was opened. Choose it on the page of plugins to try again"
TASK_FAILED = "A fault in Luthier, {0}: {1}; the sound goes on"
PLUGIN_SLOW = "{0} takes long; the sound goes on"
FILE_GONE = "{0} is not there any more"
DISK_FULL = "{0} was not written: the disk is full"
NOT_ALLOWED = "{0}: the system does not allow it"
READ_ONLY = "{0} was not written: the disk is read-only"
FILE_FAULTS = {
    errno.ENOENT: FILE_GONE, errno.ENOTDIR: FILE_GONE, errno.ENOSPC: DISK_FULL, errno.EDQUOT: DISK_FULL,
    errno.EFBIG: DISK_FULL, errno.EACCES: NOT_ALLOWED, errno.EPERM: NOT_ALLOWED, errno.EROFS: READ_ONLY,
}  # fmt: skip
TEMPLATES = (
    ENGINE_STOPPED, RECORDING_FAILED, INSTRUMENT_MISSING, NAME_TAKEN, NOT_A_PATCH, LEFT_OUT, TASK_FAILED, PLUGIN_SLOW,
    *dict.fromkeys(FILE_FAULTS.values()), *instrument_name.TEMPLATES,
)  # fmt: skip


class Message:
    """A template with placeholders {0}, {1}, … and their values; `str` gives the English text."""

    def __init__(self, template: str, *args: object) -> None:
        self.template, self.args = template, args

    def __str__(self) -> str:
        return self.format(self.template)

    def format(self, template: str) -> str:
        """The text in the language of a template; one without arguments is taken as it is."""
        return template.format(*self.args) if self.args else template


def of_error(error: BaseException) -> Message:
    """The message that an error was raised with, or its text; of the system's errors the file and the reason."""
    first = error.args[0] if error.args else ""
    if isinstance(first, Message):
        return first
    if isinstance(error, instrument_name.InvalidName):
        return Message(error.template, *error.values)
    if isinstance(error, OSError) and error.errno is not None:
        return _of_system_error(error)
    return Message(str(error))


def _of_system_error(error: OSError) -> Message:
    """What the system refused, without its number."""
    name = error.filename if error.filename is not None else error.filename2
    file = Path(os.fsdecode(name)).name if isinstance(name, str | bytes | PathLike) else ""
    if file and error.errno in FILE_FAULTS:
        return Message(FILE_FAULTS[error.errno], file)
    reason = error.strerror or str(error)
    return Message(f"{file}: {reason}" if file else reason)
