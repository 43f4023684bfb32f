"""The state record and the parameters of a resonance instrument; the record is the same for every preset."""

import numpy as np

from engine.dsp.modal import STRIDE
from engine.instruments.shared.channel_controls import CONTROLS
from engine.instruments.shared.voice_allocation import VOICE, VOICES
from engine.instruments.shared.voice_gain import GAINS, SMOOTHING
from engine.kinds import PLAY_PARAM
from engine.plugin import Param, param_fields

MAX_STRIKES = 32  # attacks that sound in one voice at once
MAX_VARIANTS = 8  # deformations of a resonance
PARTIAL_ROWS = 4  # that describe the modes of a voice: frequency, decay, real and imaginary amplitude

PARAMS = (
    Param(PLAY_PARAM, "", 0, 1, 1, help="0: keys excite the learned control plane; 1: keys are notes"),
    Param("level", "dB", -24, 24, 0, help="how loud this instrument is"),
    Param("decay", "x", 0.1, 10, 1, cc=75, help="how long it rings, in multiples of the recording"),
    Param("brightness", "dB/oct", -6, 6, 0, cc=74, help="tilts the spectrum of the next notes"),
    Param("release", "s", 0.02, 10, 0.3, cc=72, help="time to fall by 60 dB once a key is let go"),
    Param("attack", "dB", -40, 12, 0, cc=73, help="level of what is heard past the body: finger, hammer, breath"),
    Param("body", "dB", -40, 12, 0, cc=71, help="level of what rings, from the next note on"),
    Param("deform", "", 0, 1, 0, help="from the resonance at rest to its last variant"),
    Param("vibrato", "cents", 0, 200, 30, help="depth at a full modulation wheel"),
    Param("speed", "Hz", 0.1, 12, 5.5, help="of the vibrato"),
    Param("width", "x", 0, 2, 1, help="of the stereo field"),
    Param("variation", "", 0, 1, 1, help="0: the noise of every strike is the same"),
)
(PLAY, LEVEL, DECAY, BRIGHTNESS, RELEASE, ATTACK, BODY, DEFORM, VIBRATO, SPEED, WIDTH, VARIATION) = range(len(PARAMS))

STRIKE = np.dtype(
    [
        ("position", "i8"),  # frames since its start
        ("noise", "i8"),  # index of its first sample in the table of noise
        ("table", "i8"),  # index of the attack: resonance · L + layer
        ("gain", "f4"),  # of the excitation of the modes
        ("direct", "f4"),  # gain of the part that bypasses the modes
        ("dullness", "f4"),  # share of the highs that is removed; below 0: added
        ("low", "f4"),  # state of the low-pass of the excitation
        ("left", "f4"),  # the same of the part that bypasses the modes, left and right
        ("right", "f4"),
    ],
    align=True,
)
VOICE_STATE = np.dtype(
    VOICE
    + [
        ("resonance", "i4"),
        ("strikes", STRIKE, (MAX_STRIKES,)),
        ("strike_count", "i4"),  # number of strikes
        ("layer", "i4"),  # the layer below its velocity,
        ("share", "f4"),  # the share of the layer above,
        ("key_ratio", "f4"),  # the frequency ratio of the key to its resonance,
        ("tilt", "f4"),  # and dB per octave beyond the parameter
        ("bend", "f4"),  # semitones, its own
        ("pressure", "f4"),  # its own
        ("damping", "f4"),  # 1/s beyond the learned decay
        ("ratio", "f4"),  # smoothed frequency ratio of bend and vibrato
        *GAINS,
        ("drive", "f4"),  # γ of the resonance; 0: linear
        ("idle", "i4"),  # 1: silent, not rendered
    ],
    align=True,
)
RESONANCE = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("learned", "f8"),  # Hz, of the recording
        ("clock", "i8"),  # frames since `reset`; control periods are counted by it
        ("notes", "i8"),  # notes started so far
        ("random_state", "u4"),  # see shared/random.py
        ("R", "i8"),
        ("L", "i8"),
        ("E", "i8"),
        ("J", "i8"),
        ("K", "i8"),
        ("C", "i8"),  # 1: all modes are in the middle; 2: stereo
        ("width", "i8"),  # modes of a bank, padded
        # addresses of float32 arrays, (shape)
        ("frequency", "u8"),  # (R, L, E, J) Hz
        ("decay", "u8"),  # 1/s
        ("amplitude", "u8"),
        ("phase", "u8"),  # rad
        ("place", "u8"),  # (R, E, J)
        ("harmonic", "u8"),  # (R, E, J): share of a mode that belongs to the pitch and sounds in notes
        ("has_inharmonic", "i8"),  # 1: some are below 1
        ("velocity", "u8"),  # (R, L)
        ("energy", "u8"),  # (R, L): of the modes
        ("cluster_amplitude", "u8"),  # (R, L, E, J): amplitude of a mode with those of almost the same frequency,
        ("cluster_decay", "u8"),  # and their mean decay in 1/s
        ("drive", "u8"),  # (R,)
        ("router", "u8"),  # (K, R)
        ("keys", "u8"),  # (128, R): energy that a key sends to each resonance, as learned
        ("nearest", "u8"),  # (128,) int32: the resonance that a key plays
        ("key_ratio", "u8"),  # (128,): the frequency ratio between them
        ("strike", "u8"),  # (R · L, strike_length): excitation of the modes, at the device's rate
        ("envelope", "u8"),  # (R · L, points): of the noise that excites them
        ("knock", "u8"),  # (R · L, knock_channels, knock_length): heard directly
        ("hiss", "u8"),  # (R · L, points): envelope of the noise heard directly
        ("strike_length", "i8"),  # frames of the tables above
        ("envelope_length", "i8"),  # 0: all points are 0
        ("knock_length", "i8"),
        ("hiss_length", "i8"),
        ("knock_channels", "i8"),
        ("points", "i8"),  # of an envelope,
        ("point_start", "f8"),  # the one at the first frame
        ("point_step", "f8"),  # and how many of them a frame is
        ("noise", "u8"),  # (noise_length,)
        ("noise_length", "i8"),
        ("partials", "u8"),  # (VOICES, E, PARTIAL_ROWS, J) float64: modes of each voice, before bend and damping
        ("banks", "u8"),  # (VOICES, E, ROWS, width)
        ("sums", "u8"),  # (E, C, STRIDE, LANES): work array
        # parameters
        *param_fields(PARAMS),
        *SMOOTHING,
        ("lowpass_coefficient", "f4"),  # of the one-pole that dulls soft strikes
        ("lowpass_tail", "i8"),  # frames after the end of a strike in which that filter still sounds
        ("retunes_pending", "i8"),  # voices below this index are still to be tuned to changed parameters
        *CONTROLS,
        ("rest", "f4", (MAX_VARIANTS,)),  # logits of the variants at rest
        ("logit", "f4", (MAX_VARIANTS,)),  # current targets
        ("weight", "f4", (MAX_VARIANTS,)),  # at the start of the cross-fade
        ("slope", "f4", (MAX_VARIANTS,)),  # change per frame
        ("weights", "f4", (MAX_VARIANTS, STRIDE)),  # in the frames of this run
        ("ramp_position", "i8"),  # frames since the start of the cross-fade
        ("ramp_length", "i8"),  # its length in frames
        ("deformation", "f4"),  # the deformation last applied
        ("voices", VOICE_STATE, (VOICES,)),
        # work arrays
        ("u", "f4", (STRIDE,)),
        ("left", "f4", (STRIDE,)),
        ("right", "f4", (STRIDE,)),
        ("strike_envelope", "f4", (STRIDE,)),
        ("strike_u", "f4", (STRIDE,)),  # u, left and right of one strike
        ("strike_left", "f4", (STRIDE,)),
        ("strike_right", "f4", (STRIDE,)),
    ],
    align=True,
)
