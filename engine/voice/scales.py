"""Musical scales, and the note of a scale nearest to a pitch."""

from engine.kernel import njit

SCALES = {
    "chromatic": (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
}
HYSTERESIS_SEMITONES = 0.2  # by which another note must be nearer than the last one
MASKS = tuple(sum(1 << step for step in steps) for steps in SCALES.values())  # one bit per scale step


@njit(cache=True, error_model="numpy")
def nearest_note(note, last, root, mask):
    """The note of a scale nearest to a fractional note, with hysteresis towards the last note.

    root: 0 … 11, semitones from C. mask: one of MASKS.
    """
    best, least = last, 1e9
    below = int(note) - 6
    for candidate in range(below, below + 14):
        if mask >> ((candidate - root) % 12) & 1 and abs(note - candidate) < least:
            best, least = float(candidate), abs(note - candidate)
    in_scale = mask >> ((int(last) - root) % 12) & 1
    return last if in_scale and abs(note - last) < least + HYSTERESIS_SEMITONES else best
