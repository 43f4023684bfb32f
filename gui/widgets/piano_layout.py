"""Geometry of piano keys, in shares of the keyboard's width and height."""

from dataclasses import dataclass

BLACK_PITCH_CLASSES = (1, 3, 6, 8, 10)
BLACK_HEIGHT_RATIO = 0.62  # of the height of a white key
BLACK_WIDTH_RATIO = 0.62  # of the width of a white key


def is_black(key: int) -> bool:
    """Whether a key is black."""
    return key % 12 in BLACK_PITCH_CLASSES


@dataclass(frozen=True)
class PianoLayout:
    """The keys from low to high; both ends are widened to white keys."""

    low: int
    high: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", max(self.low - is_black(self.low), 0))
        object.__setattr__(self, "high", min(self.high + is_black(self.high), 127))

    @property
    def keys(self) -> range:
        """All keys from low to high."""
        return range(self.low, self.high + 1)

    def rect(self, key: int) -> tuple[float, float, float, float]:
        """x, y, width and height of a key."""
        white_width = 1 / (_white_keys_below(self.high + 1) - _white_keys_below(self.low))
        left = (_white_keys_below(key) - _white_keys_below(self.low)) * white_width
        if is_black(key):
            return (
                left - BLACK_WIDTH_RATIO * white_width / 2,
                0.0,
                BLACK_WIDTH_RATIO * white_width,
                BLACK_HEIGHT_RATIO,
            )
        return left, 0.0, white_width, 1.0

    def key_at(self, x: float, y: float, min_velocity: float) -> tuple[int, float] | None:
        """The key at a point, and the velocity there: `min_velocity` at the back, 1 at the front."""
        if not (0 <= x < 1 and 0 <= y < 1):
            return None
        for black in (True, False):
            for key in self.keys:
                left, _, width, height = self.rect(key)
                if is_black(key) == black and left <= x < left + width and y < height:
                    return key, min_velocity + (1 - min_velocity) * min(y / (0.92 * height), 1.0)
        return None


def _white_keys_below(key: int) -> int:
    """Number of white keys below a key."""
    return key // 12 * 7 + sum(1 for other in range(key % 12) if other not in BLACK_PITCH_CLASSES)
