"""Schema of a preset: the tensors of a kind with their shapes and ranges, and the check of a preset against it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

Tensors = Mapping[str, np.ndarray]
FLOATS = ("float32", "float16")


@dataclass(frozen=True)
class Tensor:
    """What one tensor must be.

    shape: numbers, or letters that stand for the same size in every tensor. also: an alternative shape.
    low, high: the closed range of its values. dtypes: names of the types it may have.
    """

    shape: tuple[str | int, ...]
    also: tuple[str | int, ...] | None = None
    low: float = -math.inf
    high: float = math.inf
    dtypes: tuple[str, ...] = FLOATS
    needed: bool = True


@dataclass(frozen=True)
class Schema:
    """All tensors of a kind. nonempty: sizes that may not be 0. check: conditions between several values."""

    tensors: Mapping[str, Tensor]
    nonempty: str
    check: Callable[[dict[str, Any], Tensors, dict[str, int]], None]

    def validate(self, header: dict[str, Any], tensors: Tensors) -> None:
        """Raise ValueError with a sentence if a preset does not fit; tensors not in the schema must be finite."""
        for name, tensor in tensors.items():
            if not np.isfinite(tensor).all():
                raise ValueError(f"tensor {name!r} holds a value that is not a number or infinite")
        sizes: dict[str, int] = {}
        for name, wanted in self.tensors.items():
            if name in tensors:
                _check_tensor(name, tensors[name], wanted, sizes)
            elif wanted.needed:
                raise ValueError(f"tensor {name!r} is missing")
        for letter in self.nonempty:
            if sizes[letter] == 0:
                raise ValueError(f"size {letter} of its tensors is 0")
        self.check(header, tensors, sizes)


def check_max_sizes(sizes: Mapping[str, int], max_sizes: Mapping[str, int]) -> None:
    """Raise ValueError for a size beyond its bound; sizes that the preset does not have count as 0."""
    for letter, bound in max_sizes.items():
        if sizes.get(letter, 0) > bound:
            raise ValueError(f"size {letter} of its tensors is {sizes[letter]}; at most {bound} can be played")


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a JSON value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_tensor(name: str, tensor: np.ndarray, wanted: Tensor, sizes: dict[str, int]) -> None:
    """Check one tensor. sizes: by letter, as found so far; the letters of this tensor are added."""
    if tensor.dtype.name not in wanted.dtypes:
        raise ValueError(f"tensor {name!r} is {tensor.dtype.name}, not {' or '.join(wanted.dtypes)}")
    shape = wanted.also if wanted.also and tensor.ndim == len(wanted.also) else wanted.shape
    expected = tuple(sizes.get(size, size) if isinstance(size, str) else size for size in shape)
    fits = len(expected) == tensor.ndim and all(
        isinstance(size, str) or size == found for size, found in zip(expected, tensor.shape, strict=True)
    )
    if not fits:
        words = ", ".join(map(str, expected))
        raise ValueError(f"tensor {name!r} has shape {tensor.shape} where ({words}) was expected")
    sizes.update((size, found) for size, found in zip(shape, tensor.shape, strict=True) if isinstance(size, str))
    if tensor.size and (tensor.min() < wanted.low or tensor.max() > wanted.high):
        raise ValueError(
            f"tensor {name!r} has values from {tensor.min():g} to {tensor.max():g}; "
            f"they must lie between {wanted.low:g} and {wanted.high:g}"
        )
