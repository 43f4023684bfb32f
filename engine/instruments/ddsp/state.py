"""What the audio thread knows of a decoded instrument: one record, the same for every preset."""

import numpy as np

from engine.dsp.noise import MAX_RUN
from engine.instruments.shared.channel_controls import CONTROLS
from engine.instruments.shared.voice_allocation import VOICE, VOICES
from engine.instruments.shared.voice_gain import GAINS
from engine.plugin import Param, param_fields

SINGER = VOICES  # the voice that a tracker drives, beside those of the keys
TRIAL = VOICES + 1  # a voice that never sounds, to try what a note would be
SLOTS = 6  # moments of a hop at which frames are computed, each for its share of the voices
SHARE = -(-(VOICES + 1) // SLOTS)
BATCH = 16  # voices that are decoded at once, at most
KEPT = 32  # keys that are remembered while one voice plays them in turn
TICK = MAX_RUN  # frames between two looks at the controllers

PARAMS = (
    Param("level", "dB", -24, 24, 0, help="how loud this instrument is"),
    Param("attack", "s", 0, 2, 0.02, cc=73, help="time in which a note rises by 36 dB"),
    Param("decay", "s", 0.01, 10, 0.5, cc=75, help="time in which it then falls to its sustain"),
    Param("sustain", "dB", -40, 0, -2, help="level at which a held note stays"),
    Param("release", "s", 0.02, 10, 0.3, cc=72, help="time to fall by 60 dB once a key is let go"),
    Param("dynamics", "x", 0, 2, 1, help="how much louder a harder note is"),
    Param("pressure", "dB", 0, 24, 6, help="what full pressure on the keys adds"),
    Param("legato", "", 0, 1, 0, cc=68, help="1: one voice on each channel, that glides from key to key"),
    Param("portamento", "s", 0, 2, 0.06, cc=5, help="time of the glide"),
    Param("vibrato", "cents", 0, 200, 30, help="depth at a full modulation wheel"),
    Param("sway", "cents", 0, 100, 0, help="vibrato that comes by itself while a key is held"),
    Param("speed", "Hz", 0.1, 12, 5.5, help="of the vibrato"),
    Param("brightness", "dB/oct", -6, 6, 0, cc=74, help="tilts the spectrum of the harmonics"),
    Param("noise", "dB", -60, 12, 0, cc=71, help="level of bow and breath; none at -60"),
    Param("width", "x", 0, 1, 0.5, help="how wide bow and breath are in the stereo field"),
    Param("gliding", "", 0, 1, 1, cc=65, help="0: legato goes from key to key without a glide"),
)
(LEVEL, ATTACK, DECAY, SUSTAIN, RELEASE, DYNAMICS, PRESSURE, LEGATO, PORTAMENTO, VIBRATO, SWAY, SPEED, BRIGHTNESS,
 NOISE, WIDTH, GLIDING) = range(len(PARAMS))  # fmt: skip

VOICE_STATE = np.dtype(
    VOICE
    + [
        ("asked", "i4"),  # a frame at once: BEGIN or GO_ON; 0: none
        ("turn", "i4"),  # which of its three controls is that of the frame's beginning; the end's is the next
        ("quiet", "i4"),  # how many frames in turn were silent
        ("since", "i8"),  # when the frame that sounds began,
        ("due", "i8"),  # and when the next one does
        ("phase", "f8"),  # turns, at `since`
        ("pitch_from", "f8"),  # turns a sample, at `since`,
        ("pitch_to", "f8"),  # at `due`
        ("pitch_next", "f8"),  # and a frame later, once that is decoded
        ("judged", "i8"),  # the moment that the curves have come to
        ("born", "i8"),  # when it began
        ("peak", "f4"),  # dB: the loudness that its velocity asks for, or that is sung
        ("fallen", "f4"),  # dB that it has lost since it was let go
        ("damping", "f4"),  # 0..1: how far it is let go
        ("semitone", "f4"),  # MIDI number that its glide has come to
        ("aim", "f4"),  # and where that leads
        ("slide", "f4"),  # semitones a second
        ("scale", "f4"),  # gain beyond the loudness that the decoder knows
        ("bend", "f4"),  # semitones, its own
        ("pressure", "f4"),  # its own
        *GAINS,
        ("seed", "u4"),  # of its noise
    ],
    align=True,
)
BEGIN, GO_ON = 1, 2

KEY = np.dtype([("note", "i4"), ("channel", "i4"), ("key", "i4"), ("velocity", "f4")], align=True)
DDSP = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("band", "f8"),  # Hz above which nothing sounds
        ("clock", "i8"),  # frames since `reset`
        ("hop", "i8"),  # frames from one frame of the decoder to the next
        ("reach", "i8"),  # frames that a frame lasts at least, and a run at most
        ("notes", "i8"),  # begun so far
        ("seed", "u4"),
        # the decoder
        ("units", "i8"),
        ("size", "i8"),  # of a row of units in memory
        ("H", "i8"),  # harmonics
        ("N", "i8"),  # bands of noise
        ("heads", "i8"),  # of a row of heads in memory
        ("decoder", "u8"),  # the address of what decodes,
        ("me", "u8"),  # and of this record
        ("post", "u8"),  # address of the POST to a decoder on another thread, see asking.py; 0: it is here
        ("weighing", "i8"),  # how many
        ("adding", "i8"),  # numbers in vectors
        ("hertz", "i8"),  # 1: the decoder is told Hz; 0: MIDI numbers / 127
        ("lowest", "f4"),  # Hz, the range of pitches that it knows
        ("highest", "f4"),
        ("mean", "f4"),  # dB, of the loudness that it knows
        ("deviation", "f4"),
        # addresses of float32 arrays, (shape)
        ("weights", "u8"),  # (weighing,), or float16
        ("vectors", "u8"),  # (adding,)
        ("memory", "u8"),  # (VOICES + 1, size): the recurrent units' state
        ("settled", "u8"),  # (known, LEVELS, size): that of notes long held,
        ("first", "i8"),  # from this key on
        ("known", "i8"),
        ("table", "u8"),  # (R, N): from bands to filters
        ("R", "i8"),
        ("taps", "i8"),  # of a filter
        ("harmonics", "u8"),  # (VOICES + 1, 3, H): amplitudes
        ("filters", "u8"),  # (VOICES + 1, 3, taps): of the noise
        ("lines", "u8"),  # (VOICES + 1, 2, line): noise on both sides
        ("line", "i8"),
        # room to work in
        ("chosen", "i8", (BATCH,)),
        ("features", "u8"),  # (2, B) of a batch of B ≤ BATCH
        ("states", "u8"),  # (B, size)
        ("work", "u8"),  # (ROOM, B, size)
        ("said", "u8"),  # (B, heads)
        ("foreseen", "i8"),  # first frames that were decoded before their moment in this block:
        ("known_features", "u8"),  # (2, BATCH) what was told, NaN once it is taken,
        ("known_states", "u8"),  # (BATCH, size)
        ("known_said", "u8"),  # (BATCH, heads) and what was said
        ("tone", "f4", (TICK,)),
        ("left", "f4", (TICK,)),
        ("right", "f4", (TICK,)),
        # what the player set
        *param_fields(PARAMS),
        ("glide", "f4"),  # of the way that a gain goes in one tick
        ("fading", "f4"),  # the same of a voice that must give way
        ("onset", "i8"),  # frames in which a note comes in
        *CONTROLS,
        ("ticked", "i8"),  # when the vibrato went on last
        ("keys", KEY, (KEPT,)),  # held while one voice plays them in turn, the last one last
        ("held", "i8"),
        ("voices", VOICE_STATE, (VOICES + 2,)),  # of the keys, the singer and the trial
    ],
    align=True,
)
