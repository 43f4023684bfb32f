"""Damage to bytes and to JSON values, and the checks of what comes of it."""

import copy
from typing import Any

import numpy as np

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 1e308, -1e308, 1e-300, 1 << 40, -(1 << 70), 0.5, "", "x", "\ud800", "é\n" * 50,
    [], [[]], {}, {"a": 1}, [0] * 1000, float("nan"), float("inf"),
)  # fmt: skip


class DamageError(Exception):
    """Something was made of damaged data that should not have been."""


def check(condition: object, text: str) -> None:
    """Raise DamageError with a text unless a condition holds."""
    if not condition:
        raise DamageError(text)


def check_one_line(error: Exception) -> None:
    """Raise DamageError unless the text of an error is one line."""
    text = str(error)
    check(text.strip() and "\n" not in text, f"not one line: {error!r}")


def damage_bytes(whole: bytes, random: np.random.Generator) -> bytes:
    """Bytes cut short, changed, removed, repeated or moved, once to four times."""
    data = bytearray(whole)
    for _ in range(random.integers(1, 5)):
        if not data:
            break
        at, length = int(random.integers(len(data))), int(random.integers(1, 1 + min(len(data), 64)))
        match int(random.integers(6)):
            case 0:
                del data[at:]
            case 1:
                data[at] ^= int(random.integers(1, 256))
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = data[at : at + length]
            case 4:
                data[at : at + length] = random.bytes(length)
            case 5:
                data[at : at + 4] = random.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
    return bytes(data)


def alter_json(plain: dict[str, Any], random: np.random.Generator) -> None:
    """Replace a value somewhere within a JSON object by an odd one, remove it, or add one."""
    place: Any = plain
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = keys[int(random.integers(len(keys)))]
        if isinstance(place[key], dict | list) and place[key] and random.random() < 0.8:
            place = place[key]
            continue
        odd = copy.deepcopy(ODD_VALUES[int(random.integers(len(ODD_VALUES)))])
        if random.random() < 0.2:
            del place[key]
        else:
            place[key] = odd
        return
