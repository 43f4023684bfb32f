"""[main thread] The parameters of a CLAP plugin: their ranges, texts and values."""

import ctypes
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.foreign.unique_names import make_unique
from engine.plugin import Param

from . import abi
from .state import PARAM_ROW

MAX_PARAMS = 1 << 14
MAX_WORDS = 64  # steps that are asked for their words
MAX_UNIT_LETTERS = 12
TEXT_BYTES = 256


class Parameters:
    """The parameters that may be turned: `params`, and `rows` of PARAM_ROW for the audio thread, both alike.

    extension: an abi.Params, or None. has_cookies: whether what the plugin gave to find them quickly may be used.
    """

    def __init__(self, instance: int, extension: Any, has_cookies: bool) -> None:
        self._instance, self._extension = instance, extension
        infos = list(self._infos())
        self.ids = [int(info.id) for info in infos]
        self.indices = {id: index for index, id in enumerate(self.ids)}
        self.rows = np.zeros(max(len(infos), 1), PARAM_ROW)
        for row, info in zip(self.rows, infos, strict=False):
            row["id"], row["low"], row["high"] = info.id, info.low, info.high
            row["cookie"] = (info.cookie or 0) if has_cookies else 0
            row["is_stepped"] = bool(info.flags & abi.STEPPED)
        titles = [abi.text_of(info.name) or str(info.id) for info in infos]
        names = make_unique(titles, [abi.text_of(info.module) for info in infos])
        self.params = tuple(self._param(info, name) for info, name in zip(infos, names, strict=True))

    def value(self, index: int) -> float:
        """The present value of a parameter, within its range."""
        row, found = self.rows[index], ctypes.c_double(float("nan"))
        known = self._extension.value(self._instance, int(row["id"]), ctypes.addressof(found))
        if not known or not math.isfinite(found.value):
            return self.params[index].default
        return min(max(found.value, float(row["low"])), float(row["high"]))

    def values(self) -> list[float]:
        """The present values of all."""
        return [self.value(index) for index in range(len(self.ids))]

    def text(self, index: int, value: float) -> str:
        """How the plugin writes a value; empty where it does not."""
        return self._text(self.ids[index], value)

    def _infos(self) -> Iterator[abi.ParamInfo]:
        """The valid ones, in the order of the plugin."""
        count = self._extension.count(self._instance) if self._extension is not None else 0
        found: set[int] = set()
        for index in range(min(count, MAX_PARAMS)):
            info = abi.ParamInfo()
            if not self._extension.info(self._instance, index, ctypes.addressof(info)) or info.id in found:
                continue
            has_range = math.isfinite(info.low) and math.isfinite(info.high) and info.low < info.high
            if has_range and not info.flags & (abi.HIDDEN | abi.READ_ONLY):
                found.add(info.id)
                yield info

    def _param(self, info: abi.ParamInfo, name: str) -> Param:
        present = ctypes.c_double(float("nan"))
        known = self._extension.value(self._instance, info.id, ctypes.addressof(present))
        value = present.value if known and math.isfinite(present.value) else info.default
        value = value if math.isfinite(value) else info.low
        steps = round(info.high - info.low) if info.flags & abi.STEPPED else 0
        made = Param(
            name, self._unit(info), info.low, info.high, info.low, key=str(info.id), group=abi.text_of(info.module),
            steps=steps, words=self._words(info, steps),
        )  # fmt: skip
        return made.at(value)

    def _unit(self, info: abi.ParamInfo) -> str:
        """What stands behind the numbers of both ends of the range; empty where these are no plain numbers."""
        units = set()
        for value in (info.low, info.high):
            number, _, unit = self._text(info.id, value).partition(" ")
            if len(unit) > MAX_UNIT_LETTERS or not _is_number(number, value):
                return ""
            units.add(unit)
        return units.pop() if len(units) == 1 else ""

    def _words(self, info: abi.ParamInfo, steps: int) -> tuple[tuple[float, str], ...]:
        """The words of the steps; none where they are but numbers."""
        if not 0 < steps <= MAX_WORDS:
            return ()
        values = [info.low + step for step in range(steps + 1)]
        words = tuple((value, self._text(info.id, value)) for value in values)
        is_plain = all(not word or _is_number(word.partition(" ")[0], value) for value, word in words)
        return () if is_plain else words

    def _text(self, id: int, value: float) -> str:
        text = ctypes.create_string_buffer(TEXT_BYTES)
        if not self._extension.value_to_text:
            return ""
        known = self._extension.value_to_text(self._instance, id, value, ctypes.addressof(text), TEXT_BYTES)
        return abi.text_of(text.value) if known else ""


def _is_number(word: str, value: float) -> bool:
    """Whether a word is this value as a number, perhaps rounded."""
    try:
        return abs(float(word) - value) <= 0.01 * max(abs(value), 1.0)
    except ValueError:
        return False
