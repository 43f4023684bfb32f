"""The state record and the parameters of an instrument of events; the record is the same for every preset."""

import numpy as np

from engine.instruments.shared.channel_controls import CONTROLS
from engine.instruments.shared.playback_control import PLAYBACK
from engine.instruments.shared.voice_allocation import VOICE, VOICES
from engine.instruments.shared.voice_gain import SMOOTHING
from engine.kinds import PLAY_PARAM
from engine.plugin import Param, param_fields

LAYERS = (0.4, 0.85)  # velocities at which each event is rendered
VELOCITY_EXPONENT = 1.4  # amplitude goes with velocity to this power

PARAMS = (
    Param(PLAY_PARAM, "", 0, 1, 1, help="0: each key is an event without a pitch; 1: keys are notes"),
    Param("level", "dB", -24, 24, 0, help="how loud this instrument is"),
    Param("release", "s", 0.02, 10, 0.3, cc=72, help="time to fall by 60 dB once a key is let go"),
    Param("vibrato", "cents", 0, 200, 30, help="depth at a full modulation wheel"),
    Param("speed", "Hz", 0.1, 12, 5.5, help="of the vibrato"),
    Param("variation", "", 0, 1, 1, help="0: every strike of a key is the same"),
)
PLAY, LEVEL, RELEASE, VIBRATO, SPEED, VARIATION = range(len(PARAMS))

VOICE_STATE = np.dtype(
    VOICE
    + [
        ("at", "f8"),  # read position, in learned samples
        ("slot", "i8"),  # rendered event that it reads
        *PLAYBACK,
    ],
    align=True,
)
EVENTS = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("speed", "f8"),  # learned samples in a frame of the device
        ("clock", "i8"),  # frames since `reset`
        ("notes", "i8"),  # notes started so far
        ("random_state", "u4"),  # state of the random generator
        ("slots", "i8"),
        ("samples", "i8"),  # of a slot, with its padding
        # addresses of arrays, (shape)
        ("bank", "u8"),  # (slots, samples) int16: the rendered events
        ("scales", "u8"),  # (slots,) float32: value of 1 in each
        ("ends", "u8"),  # (slots,) int32: audible samples of each
        ("notes_slot", "u8"),  # (128, layers) int32: slot that each key plays as a note
        ("notes_ratio", "u8"),  # (128,) float32: pitch ratio of the key to its event
        ("sounds_slot", "u8"),  # (128, layers) int32: slot that each key plays as an event without a pitch
        ("sincs", "u8"),  # (CUTS, PHASES + 1, TAPS) float32
        # parameters and controllers
        *param_fields(PARAMS),
        *SMOOTHING,
        *CONTROLS,
        ("voices", VOICE_STATE, (VOICES,)),
    ],
    align=True,
)
