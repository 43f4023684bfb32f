"""Read an SFZ mapping: regions with what they inherit from group, master and global."""

import contextlib
import math
import re
from collections.abc import Mapping as Opcodes
from pathlib import Path

from engine.pitch_and_frequency import parse_note

from .controllers import Controllers
from .region import UNPLAYED, Mapping, Region, find_file
from .sfz_text import SfzText
from .velocity_range import is_blended_by_controller, velocity_range
from .wav_chunks import read_sampler_chunks

LEVELS = ("global", "master", "group", "region")
"""Headers from the outermost to the innermost; each one ends those inside it."""

_ALIASES = {
    "pitch": "tune", "loopmode": "loop_mode", "loopstart": "loop_start", "loopend": "loop_end", "gain": "volume",
    "key": "key", "hilev": "hivel", "lolev": "lovel",
}  # fmt: skip
_KEYS = ("lokey", "hikey", "pitch_keycenter")
_READ = (
    *_KEYS, "sample", "lovel", "hivel", "tune", "transpose", "volume", "group_volume", "master_volume",
    "global_volume", "amplitude", "pan", "offset", "end", "loop_mode", "loop_start", "loop_end", "trigger",
    "seq_position", "lorand", "hirand", "amp_veltrack", "sw_last", "sw_default", "sw_down", "sw_lokey", "sw_hikey",
    "lobend", "hibend", "disabled", "sw_lolast", "sw_hilast", "sw_previous", "direction", "xfin_lovel", "xfin_hivel",
    "xfout_lovel", "xfout_hivel",
)  # fmt: skip
_CONDITION = re.compile(r"(?:on_|xfin_|xfout_)?(?:lo|hi)(?:hd)?cc\d+|amp_veltrack_(?:on)?cc\d+")
_ANOTHER_KEY = "another key must be pressed with them, for another way of playing"


def read_sfz(path: Path) -> Mapping:
    """Read an SFZ file with all that it includes. MappingError if it cannot be read or maps nothing."""
    reader = _Reader(path)
    text = SfzText(path)
    for name, value in text:
        if value is None:
            reader.open(name)
        else:
            reader.set(name, value)
    reader.open("end")
    reader.mapping.missing += text.missing
    return reader.mapping


class _Reader:
    """What has been read so far: opcodes of each open header, and the mapping."""

    def __init__(self, path: Path) -> None:
        self.mapping = Mapping(path)
        self._header = ""
        self._opened: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
        self._prefix, self._octaves, self._keys = "", 0, 0
        self._controllers = Controllers()
        self._switch: float | None = None

    def open(self, header: str) -> None:
        """Close the region that is open, and open a header."""
        if self._header == "region":
            self._close_region()
        self._header = header
        if header in LEVELS:
            for level in LEVELS[LEVELS.index(header) :]:
                self._opened[level] = {}

    def set(self, name: str, value: str) -> None:
        """Set an opcode of the open header."""
        name = _ALIASES.get(name, name)
        if self._header == "control":
            self._set_control(name, value)
            return
        opcodes = self._opened.get(self._header)
        if opcodes is None:
            self.mapping.passed_over[name] += 1
        elif name == "key":
            opcodes |= dict.fromkeys(_KEYS, value)
        elif name == "sample":
            opcodes["sample"] = self._prefix + value
        elif name in _READ or _CONDITION.fullmatch(name):
            opcodes[name] = value
            if name == "sw_default":
                with contextlib.suppress(_KeyError):
                    self._switch = _key(value)
        else:
            self.mapping.passed_over[name] += 1

    def _set_control(self, name: str, value: str) -> None:
        if name == "default_path":
            self._prefix = value.replace("\\", "/")
        elif name == "note_offset":
            self._keys = round(_number(value))
        elif name == "octave_offset":
            self._octaves = round(_number(value))
        elif not self._controllers.set_initial(name, value):
            self.mapping.passed_over[name] += 1

    def _close_region(self) -> None:
        """Add the region that is open to the mapping, or say why not."""
        opcodes = {name: value for level in LEVELS for name, value in self._opened[level].items()}
        try:
            why = self._reason_to_leave_out(opcodes)
            file = None if why else find_file(self.mapping.path.parent, opcodes["sample"])
            region = self._region(opcodes, file) if file else None
        except _KeyError as error:
            why, region = f"{error} is no key", None
        if why:
            self.mapping.left_out[why] += 1
        elif region is None:
            self.mapping.add_missing(opcodes["sample"])
        else:
            self.mapping.add(region)

    def _reason_to_leave_out(self, opcodes: Opcodes[str, str]) -> str:
        """Why a region is no note by itself; empty if it is one."""
        name = opcodes.get("sample", "")
        if not name or name.startswith("*"):
            return "they play no recording" if name else "they name no recording"
        if _key(opcodes.get("hikey", "127")) < 0 or opcodes.get("end", "").strip() == "-1" or "disabled" in opcodes:
            return UNPLAYED
        if opcodes.get("direction", "").strip() == "reverse":
            return "they play backwards"
        if opcodes.get("trigger", "").strip() == "legato":
            return "they sound only while another key is held"
        if "sw_previous" in opcodes or not self._is_switched_on(opcodes):
            return _ANOTHER_KEY
        if not self._controllers.allow(opcodes):
            return "they sound only with a pedal or another controller"
        if not _number(opcodes.get("lobend", "-8192")) <= 0 <= _number(opcodes.get("hibend", "8192")):
            return "they sound only with a pedal or another controller"
        return ""

    def _is_switched_on(self, opcodes: Opcodes[str, str]) -> bool:
        """Whether a region sounds by the key that chooses the way of playing at first, or by the first named."""
        last = opcodes.get("sw_last", opcodes.get("sw_down"))
        low, high = opcodes.get("sw_lolast", last), opcodes.get("sw_hilast", last)
        if low is None or high is None:
            return True
        self._switch = _key(low) if self._switch is None else self._switch
        return _key(low) <= self._switch <= _key(high)

    def _region(self, opcodes: Opcodes[str, str], file: Path) -> Region:
        shift = 12 * self._octaves + self._keys
        numbers = {name: _number(value) for name, value in opcodes.items() if name not in ("sample", *_KEYS)}
        cents = numbers.get("tune", 0.0) + 100 * numbers.get("transpose", 0.0)
        centre, fraction = _centre(opcodes.get("pitch_keycenter"), file)
        low, high = (_key(opcodes.get(name, default)) + shift for name, default in (("lokey", "0"), ("hikey", "127")))
        semitones = round(cents / 100)
        low_velocity, high_velocity = velocity_range(numbers)
        return Region(
            path=file,
            low_key=max(low if "lokey" in opcodes else 0, 0),
            high_key=min(high if "hikey" in opcodes else 127, 127),
            centre=None if centre is None else centre + shift - semitones,
            low_velocity=low_velocity,
            high_velocity=high_velocity,
            cents=cents - 100 * semitones - fraction,
            decibels=_decibels(numbers),
            pan=min(max(numbers.get("pan", 0.0) / 100, -1.0), 1.0),
            first=max(round(numbers.get("offset", 0)), 0),
            last=_last(numbers, opcodes),
            take=_take(numbers),
            is_release=opcodes.get("trigger", "").startswith("release"),
            velocity_tracking=0.0
            if is_blended_by_controller(numbers)
            else self._controllers.velocity_tracking(opcodes),
        )


def _centre(value: str | None, file: Path) -> tuple[int | None, float]:
    """Key centre and its fraction in cents; `sample`: those that the file says."""
    if value is None:
        return None, 0.0
    if value.strip().lower() != "sample":
        return _key(value), 0.0
    chunks = read_sampler_chunks(file)
    return (None, 0.0) if chunks is None else (chunks.key, chunks.cents)


def _decibels(numbers: Opcodes[str, float]) -> float:
    """Gain by all volumes and the amplitude in percent."""
    names = ("volume", "group_volume", "master_volume", "global_volume")
    amplitude = max(numbers.get("amplitude", 100.0), 0.01) / 100
    return sum(numbers.get(name, 0.0) for name in names) + 20 * math.log10(amplitude)


def _last(numbers: Opcodes[str, float], opcodes: Opcodes[str, str]) -> int | None:
    """Last frame of the note: what follows a loop that ends with the key is its release."""
    ends = [numbers[name] for name in ("end",) if numbers.get(name, 0) > 0]
    if opcodes.get("loop_mode", "").startswith("loop_") and numbers.get("loop_end", 0) > 0:
        ends.append(numbers["loop_end"])
    return round(min(ends)) if ends else None


def _take(numbers: Opcodes[str, float]) -> int:
    """Number of a take: its place in the sequence, or among equal shares of chance."""
    low, high = numbers.get("lorand", 0.0), numbers.get("hirand", 1.0)
    share = max(high - low, 1e-3)
    return round(numbers["seq_position"]) if "seq_position" in numbers else 1 + round(low / share)


def _number(text: str) -> float:
    """The number at the start of a text, 0 if there is none."""
    found = re.match(r"\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?", text)
    value = float(found.group()) if found else 0.0
    return value if math.isfinite(value) and abs(value) < 1e12 else 0.0


class _KeyError(ValueError):
    """A text that is neither the number nor the name of a key."""


def _key(text: str) -> int:
    """A MIDI key by its number or name, such as `c#4`."""
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        pass
    try:
        return parse_note(text)
    except ValueError:
        raise _KeyError(repr(text)) from None
