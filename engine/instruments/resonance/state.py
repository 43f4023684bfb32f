"""What the audio thread knows of a resonance instrument: one record, the same for every preset."""

import numpy as np

from engine.dsp.modal import STRIDE
from engine.instruments.shared.channel_controls import CONTROLS
from engine.instruments.shared.voice_allocation import VOICE, VOICES
from engine.instruments.shared.voice_gain import GAINS, GLIDES
from engine.plugin import Param, param_fields

MAX_STRIKES = 32  # attacks that one voice may be in the midst of
MAX_VARIANTS = 8  # deformations of a resonance, at most
PARTIAL_ROWS = 4  # rows that describe the modes of a voice: frequency, decay and complex amplitude

PARAMS = (
    Param("play", "", 0, 1, 1, help="0: keys excite the learned control plane; 1: keys are notes"),
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
        ("position", "i8"),  # frames since it began
        ("noise", "i8"),  # where its noise begins in the table
        ("table", "i8"),  # which attack: resonance · L + layer
        ("gain", "f4"),  # of what drives the modes
        ("direct", "f4"),  # of what is heard past them
        ("dull", "f4"),  # how much of its highs it lacks; below 0: has more
        ("low", "f4"),  # what drives the modes, without its highs, as it was last
        ("left", "f4"),  # the same of what is heard on the left
        ("right", "f4"),
    ],
    align=True,
)
VOICE_STATE = np.dtype(
    VOICE
    + [
        ("resonance", "i4"),
        ("strikes", STRIKE, (MAX_STRIKES,)),
        ("striking", "i4"),  # how many
        ("layer", "i4"),  # how it was begun: the dynamic below its velocity,
        ("share", "f4"),  # how far it is to the next one,
        ("move", "f4"),  # the ratio by which its resonance was moved to the key,
        ("tilt", "f4"),  # and dB per octave beyond what the knob says
        ("bend", "f4"),  # semitones, its own
        ("pressure", "f4"),  # its own
        ("damping", "f4"),  # 1/s beyond the learned decay
        ("ratio", "f4"),  # of bend and vibrato, as tuned
        *GAINS,
        ("drive", "f4"),  # γ of the resonance; 0: linear
        ("asleep", "i4"),  # 1 when nothing of it can be heard
    ],
    align=True,
)
RESONANCE = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("learned", "f8"),  # Hz, of the recording
        ("clock", "i8"),  # frames since `reset`: what is periodic is counted by it
        ("notes", "i8"),  # begun so far
        ("dice", "u4"),  # state of the random numbers
        ("R", "i8"),
        ("L", "i8"),
        ("E", "i8"),
        ("J", "i8"),
        ("K", "i8"),
        ("C", "i8"),  # 1: every mode stands in the middle; 2: they are spread
        ("width", "i8"),  # modes that a bank has room for
        # addresses of float32 arrays, (shape)
        ("frequency", "u8"),  # (R, L, E, J) Hz
        ("decay", "u8"),  # 1/s
        ("amplitude", "u8"),
        ("phase", "u8"),  # rad
        ("place", "u8"),  # (R, E, J)
        ("harmonic", "u8"),  # (R, E, J): how much of a mode belongs to the pitch, and sounds on the keys
        ("mixed", "i8"),  # 1: not all of them do
        ("velocity", "u8"),  # (R, L)
        ("energy", "u8"),  # (R, L): of the modes, as they ring by themselves
        ("swell", "u8"),  # (R, L, E, J): how strong a mode is together with those that almost coincide with it,
        ("linger", "u8"),  # and 1/s: how fast they decay on average
        ("drive", "u8"),  # (R,)
        ("router", "u8"),  # (K, R)
        ("keys", "u8"),  # (128, R): what a key sends to each resonance, as learned
        ("nearest", "u8"),  # (128,) int32: the resonance that a key plays
        ("move", "u8"),  # (128,): the ratio by which it is moved
        ("strike", "u8"),  # (R · L, struck): excitation of the modes, at the device's rate
        ("envelope", "u8"),  # (R · L, blown): of the noise that excites them
        ("knock", "u8"),  # (R · L, 2, knocked): heard directly
        ("hiss", "u8"),  # (R · L, hissed): of the noise heard directly
        ("struck", "i8"),
        ("blown", "i8"),
        ("knocked", "i8"),
        ("hissed", "i8"),
        ("noise", "u8"),  # (noisy,)
        ("noisy", "i8"),
        ("partials", "u8"),  # (VOICES, E, PARTIALS, J) float64: what each voice rings, before bend and damping
        ("banks", "u8"),  # (VOICES, E, ROWS, width)
        ("sums", "u8"),  # (E, C, STRIDE, LANES): room to work in
        # what the player set
        *param_fields(PARAMS),
        *GLIDES,
        ("muffling", "f4"),  # of the way that the lows of a strike go in one frame
        ("tail", "i8"),  # frames after its end in which they can still be heard
        ("dirty", "i8"),  # voices still to be tuned to new parameters
        *CONTROLS,
        ("rest", "f4", (MAX_VARIANTS,)),  # logits of the variants at rest
        ("logit", "f4", (MAX_VARIANTS,)),  # as they are told
        ("weight", "f4", (MAX_VARIANTS,)),  # where the cross-fade between variants begins
        ("slope", "f4", (MAX_VARIANTS,)),  # what a frame adds to it
        ("weights", "f4", (MAX_VARIANTS, STRIDE)),  # of the frames at hand
        ("ramped", "i8"),  # frames since it began
        ("ramp", "i8"),  # frames that it takes
        ("wheel", "f4"),  # the deformation last followed
        ("voices", VOICE_STATE, (VOICES,)),
        # room to work in
        ("u", "f4", (STRIDE,)),
        ("left", "f4", (STRIDE,)),
        ("right", "f4", (STRIDE,)),
        ("own", "f4", (STRIDE,)),  # u, left and right of one strike
        ("near", "f4", (STRIDE,)),
        ("far", "f4", (STRIDE,)),
    ],
    align=True,
)
