"""The record of the reverb, its parameters, and the dimensions of its lines."""

import numpy as np

from engine.effects.ramp import ramp_fields
from engine.effects.tail import CHOKE_FIELDS
from engine.plugin import Param, param_fields

LINES = 16
METRES_PER_SECOND = 343.0  # of sound: the size of a room is the way from one echo to the next,
MIN_METRES = 3.0  # and this is added: shorter lines would have so few modes that they could be heard one by one
MAX_SIZE_METRES, MAX_PREDELAY_SECONDS = 40.0, 0.25
LENGTHS = np.array(
    [0.563, 0.601, 1.297, 1.223, 0.689, 0.743, 1.459, 1.381, 0.811, 0.773, 1.151, 1.087, 0.947, 0.887, 1.559, 1.021]
)  # of the lines, as multiples of the size; of no simple ratio
SIGNS = np.array([(-1.0) ** ((i & 1) * (i >> 1 & 1) + (i >> 2 & 1) * (i >> 3 & 1)) for i in range(LINES)], np.float32)
SWAY_SECONDS = 0.0004  # by which a length sways at most
SWAY_HZ = 0.63
CROSSOVER_HZ = 3000.0  # from where on the damping shortens the decay
MAX_DAMPING_RATIO = 20.0  # of the decay of lows and highs, for a damping of 1
DIFFUSION = np.float32(0.65)  # gain of the all-passes
DIFFUSER_SECONDS = np.array([[0.00131, 0.00227, 0.00409, 0.00673], [0.00149, 0.00251, 0.00373, 0.00631]])
DIFFUSERS = 4  # of each channel
MIN_ENERGY = 0.1  # what is heard of a line: what decays even sooner is not amplified any more
RAMP_SECONDS = 0.05
GAP_SAMPLES = 80  # between two lines: the beginning once more, and other places in the processor's cache
RUN_FRAMES = 16  # most that are computed together: fewer than the shortest line holds at any rate
PARAMS = (
    Param("size", "m", 4.0, MAX_SIZE_METRES, 14.0, help="how large the room is"),
    Param("decay", "s", 0.1, 20.0, 1.8, help="how long it takes to fall by 60 dB"),
    Param("damping", "", 0.0, 1.0, 0.4, help="0: the highs ring as long as the lows, 1: a twentieth of it"),
    Param("predelay", "s", 0.0, MAX_PREDELAY_SECONDS, 0.015, help="from the sound to its first echo"),
    Param("width", "", 0.0, 1.0, 1.0, help="0: the room is in the middle, 1: all around"),
    Param("mix", "", 0.0, 1.0, 0.25, cc=91, help="0: the sound as it is, 0.5: the room as loud, 1: only the room"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
SIZE, DECAY, DAMPING, PREDELAY, WIDTH, MIX, ON = range(len(PARAMS))
DRY, WET, SEND, SIDE, WAIT = range(5)  # values of the ramp; WAIT: the predelay in samples; SIDE: the gain of the side
LENGTH, LOW_GAIN, HIGH_GAIN = 5, 5 + LINES, 5 + 2 * LINES  # and those of the lines: samples, gains of lows and highs

STATE = np.dtype(
    [
        ("entry", "u8"),  # address of the predelay (2, entry_size)
        ("diffusers", "u8"),  # of the diffusing all-passes (2, DIFFUSERS, diffuser_size)
        ("lines", "u8"),  # of the lines (LINES, line_stride)
        ("entry_size", "i8"),  # powers of two
        ("diffuser_size", "i8"),
        ("line_size", "i8"),
        ("line_stride", "i8"),
        ("position", "i8"),  # samples since the reset
        ("filled", "i8"),  # samples in all lines; what is older counts as 0
        *CHOKE_FIELDS,
        *ramp_fields(5 + 3 * LINES),
        *param_fields(PARAMS),
        ("diffuser_lengths", "i8", (2, DIFFUSERS)),
        ("phasor", "f8", (2,)),  # cosine and sine of the sway's phase
        ("turn", "f8", (2,)),  # cosine and sine of its angle per sample
        ("sway", "f4", (2, LINES)),  # share of cosine and sine for each line, samples
        ("low", "f4", (LINES,)),  # of the low-passes that divide lows and highs
        ("corner", "f4"),  # their coefficient
        ("dry", "f4", (2, RUN_FRAMES)),  # of the frames that are computed together: the sound as it is,
        ("sent", "f4", (2, RUN_FRAMES)),  # what enters the lines,
        ("swayed", "f4", (2, RUN_FRAMES)),  # cosine and sine of the sway,
        ("heard", "f4", (LINES, RUN_FRAMES)),  # and what leaves the lines
        ("rate", "f8"),
    ],
    align=True,
)
