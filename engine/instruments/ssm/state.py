"""The state record and the parameters of a state-space instrument; the record is the same for every preset."""

import numpy as np

from engine.instruments.shared.channel_controls import CONTROLS
from engine.instruments.shared.playback_control import PLAYBACK
from engine.instruments.shared.voice_allocation import VOICE, VOICES
from engine.instruments.shared.voice_gain import SMOOTHING
from engine.kinds import PLAY_PARAM
from engine.plugin import Param, param_fields

GRID_VOICES = 8  # voices that play as learned; each starts its frames an eighth of a frame after the one before

PARAMS = (
    Param(PLAY_PARAM, "", 0, 1, 1, help="0: keys excite the learned control plane; 1: keys are notes"),
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
        ("at", "f8"),  # read position, in learned samples from the start of its newest frame
        ("origin", "f8"),  # start of that frame, in learned samples of its grid
        *PLAYBACK,
        ("excited", "i4"),  # 1: the next frame has input
        ("silent_frames", "i4"),  # inaudible frames in a row
        ("idle", "i4"),  # 1: inaudible, not rendered
    ],
    align=True,
)
SSM = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("speed", "f8"),  # learned samples in a frame of the device
        ("lookahead", "f8"),  # learned samples by which the grid is delayed, as interpolation needs them in advance
        ("clock", "i8"),  # frames since `reset`
        ("notes", "i8"),  # notes started so far
        ("random_state", "u4"),  # state of the random generator
        ("S", "i8"),  # units
        ("K", "i8"),  # dimensions of the control signal
        ("B", "i8"),  # samples of a frame
        ("units", "i8"),  # S, padded
        ("samples", "i8"),  # B, padded
        # addresses of float32 arrays, (shape)
        ("recurrence", "u8"),  # panels of (S, S)
        ("output", "u8"),  # panels of (B, S)
        ("input", "u8"),  # (K, units)
        ("zeros", "u8"),  # (samples,): the bias of the output
        ("input_rms", "u8"),  # (K,): root mean square of a column of `input`
        ("energy", "u8"),  # (K,): learned energy of a dimension
        ("keys", "u8"),  # (128, K): share of a key in each dimension, as learned
        ("nearest", "u8"),  # (128,) int32: dimension that a key plays as a note
        ("key_ratio", "u8"),  # (128,): frequency ratio between them
        ("sincs", "u8"),  # (CUTS, PHASES + 1, TAPS)
        ("h", "u8"),  # (VOICES, units): states
        ("u", "u8"),  # (VOICES, units): inputs of the next frames
        ("wave", "u8"),  # (VOICES, TAPS + samples): end of the frame before, newest frame
        # parameters and controllers
        *param_fields(PARAMS),
        *SMOOTHING,
        *CONTROLS,
        ("voices", VOICE_STATE, (VOICES,)),
    ],
    align=True,
)
