"""What the audio thread knows of a state-space instrument: one record, the same for every preset."""

import numpy as np

from engine.instruments.shared.channel_controls import CONTROLS
from engine.instruments.shared.sample_playback import READING
from engine.instruments.shared.voice_allocation import VOICE, VOICES
from engine.instruments.shared.voice_gain import GLIDES
from engine.plugin import Param, knob_fields

LANES = 8  # states that share the playing of what is played as learned

PARAMS = (
    Param("play", "", 0, 1, 1, help="0: keys excite the learned control plane; 1: keys are notes"),
    Param("level", "dB", -24, 24, 0, help="how loud this instrument is"),
    Param("drive", "dB", -24, 18, 0, cc=74, help="how hard it is struck: harder is brighter, not only louder"),
    Param("damping", "1/s", 0, 50, 0, cc=75, help="what all that rings loses beside what was learned"),
    Param("release", "s", 0.02, 10, 0.3, cc=72, help="time to fall by 60 dB once a key is let go"),
    Param("vibrato", "cents", 0, 200, 30, help="depth at a full modulation wheel"),
    Param("speed", "Hz", 0.1, 12, 5.5, help="of the vibrato"),
    Param("gate", "", 0, 1, 1, help="1: a state that can no longer be heard is cleared"),
    Param("variation", "", 0, 1, 1, help="0: every strike of a key is the same"),
)
PLAY, LEVEL, DRIVE, DAMPING, RELEASE, VIBRATO, SPEED, GATE, VARIATION = range(len(PARAMS))

VOICE_STATE = np.dtype(
    VOICE
    + [
        ("at", "f8"),  # where it is read, in learned samples from the beginning of its newest frame
        ("origin", "f8"),  # where that frame begins, in learned samples of its lane
        *READING,
        ("struck", "i4"),  # whether something enters with the next frame
        ("quiet", "i4"),  # frames that could not be heard, in a row
        ("asleep", "i4"),  # 1 when nothing of it can be heard
    ],
    align=True,
)
SSM = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("pace", "f8"),  # learned samples in a frame of the device
        ("ahead", "f8"),  # learned samples that a lane is heard late, so that what lies ahead of it is known
        ("clock", "i8"),  # frames since `reset`: what is periodic is counted by it
        ("notes", "i8"),  # begun so far
        ("dice", "u4"),  # state of the random numbers
        ("S", "i8"),
        ("K", "i8"),
        ("B", "i8"),
        ("units", "i8"),  # S as it lies in memory
        ("samples", "i8"),  # B as it lies in memory
        # addresses of float32 arrays, (shape)
        ("recurrence", "u8"),  # panels of (S, S)
        ("output", "u8"),  # panels of (B, S)
        ("input", "u8"),  # (K, units)
        ("nothing", "u8"),  # (samples,)
        ("size", "u8"),  # (K,): of what a unit of energy sends into each unit of the state, root of the mean square
        ("energy", "u8"),  # (K,): of a dimension, as it was learned
        ("keys", "u8"),  # (128, K): what a key sends to each dimension, as learned
        ("nearest", "u8"),  # (128,) int32: the dimension that a key plays
        ("move", "u8"),  # (128,): the ratio by which it is moved
        ("sincs", "u8"),  # (CUTS, PHASES + 1, TAPS)
        ("h", "u8"),  # (VOICES, units)
        ("entering", "u8"),  # (VOICES, units)
        ("wave", "u8"),  # (VOICES, TAPS + samples): the end of the frames before, and the newest frame
        # what the player set
        *knob_fields(PARAMS),
        *GLIDES,
        *CONTROLS,
        ("voices", VOICE_STATE, (VOICES,)),
    ],
    align=True,
)
