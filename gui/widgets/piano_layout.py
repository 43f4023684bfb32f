"""Where the keys of a keyboard lie, in shares of its width and height."""

from dataclasses import dataclass

BLACK_PITCH_CLASSES = (1, 3, 6, 8, 10)
BLACK_HEIGHT_RATIO = 0.62  # how far black keys reach
BLACK_WIDTH_RATIO = 0.62  # of a white key's


def is_black(key: int) -> bool:
    """Whether a key is a black one."""
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
        """All of them."""
        return range(self.low, self.high + 1)

    def place(self, key: int) -> tuple[float, float, float, float]:
        """x, y, width and height of a key."""
        breadth = 1 / (_whites(self.high + 1) - _whites(self.low))
        left = (_whites(key) - _whites(self.low)) * breadth
        if is_black(key):
            return left - BLACK_WIDTH_RATIO * breadth / 2, 0.0, BLACK_WIDTH_RATIO * breadth, BLACK_HEIGHT_RATIO
        return left, 0.0, breadth, 1.0

    def key_at(self, x: float, y: float, softest: float) -> tuple[int, float] | None:
        """The key at a place, and its velocity there: `softest` at the back, 1 at the front."""
        if not (0 <= x < 1 and 0 <= y < 1):
            return None
        for black in (True, False):
            for key in self.keys:
                left, _, width, height = self.place(key)
                if is_black(key) == black and left <= x < left + width and y < height:
                    return key, softest + (1 - softest) * min(y / (0.92 * height), 1.0)
        return None


def _whites(key: int) -> int:
    """White keys below a key."""
    return key // 12 * 7 + sum(1 for other in range(key % 12) if other not in BLACK_PITCH_CLASSES)
