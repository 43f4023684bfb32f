"""The state record and the parameters of a DDSP instrument; the record is the same for every preset."""

import numpy as np

from engine.dsp.noise import MAX_RUN
from engine.instruments.shared.channel_controls import CONTROLS
from engine.instruments.shared.voice_allocation import VOICE, VOICES
from engine.instruments.shared.voice_gain import GAINS
from engine.plugin import Param, param_fields

TRACKED_VOICE = VOICES  # follows a voice tracker; the voices before it play keys
FRAME_PHASES = 6  # phases of a hop at which voices have their model frames
VOICES_PER_PHASE = -(-(VOICES + 1) // FRAME_PHASES)
MAX_BATCH = 16  # voices decoded together
MAX_HELD_KEYS = 32  # held keys that legato keeps
CONTROL_FRAMES = MAX_RUN  # frames of a control period

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
        ("requested", "i4"),  # model frame requested at once: START or CONTINUE; 0: none
        ("plan", "i4"),  # of a model frame that is decoded ahead: WAITING, ACTIVE or DECODED; 0: none
        ("amends", "i4"),  # 1: it amends the current model frame; 0: it is the next one
        ("due", "i8"),  # time by which it must be decoded
        ("planned_pitch", "f4"),  # its features
        ("planned_loudness", "f4"),
        ("current", "i4"),  # index of the control set at the frame's start, of three; the next is that of its end
        ("silent_frames", "i4"),  # silent model frames in a row
        ("frame_start", "i8"),  # start of the current model frame,
        ("frame_end", "i8"),  # and its end, when the next one is due
        ("phase", "f8"),  # turns, at `frame_start`
        ("pitch_from", "f8"),  # turns per sample, at `frame_start`,
        ("pitch_to", "f8"),  # at `frame_end`
        ("pitch_next", "f8"),  # and a model frame later, once that is decoded
        ("fade_start", "i8"),  # of the cross-fade of a leap,
        ("fade_end", "i8"),
        ("fade_phase", "f8"),  # turns, of the harmonics at the old pitch at its start
        ("fade_pitch", "f8"),  # turns per sample, the old pitch
        ("updated_at", "i8"),  # time of its pitch and loudness curves
        ("started_at", "i8"),  # start of the note
        ("loudness", "f4"),  # dB: of its velocity, or of the tracked voice
        ("attenuation_db", "f4"),  # of its release so far
        ("unvoiced_db", "f4"),  # by which the harmonics of the tracked voice have fallen while it is unvoiced
        ("outside_at", "i8"),  # since when the tracked pitch is outside of the range; -1: it is inside
        ("octaves", "f4"),  # semitones, whole octaves, by which the tracked pitch is moved into the range
        ("damping", "f4"),  # 0..1, of its release
        ("semitone", "f4"),  # MIDI pitch reached by its glide
        ("target", "f4"),  # MIDI pitch of the end of the glide
        ("glide_rate", "f4"),  # semitones per second
        ("scale", "f4"),  # gain beyond the decoder's range of loudness
        ("bend", "f4"),  # semitones, its own
        ("pressure", "f4"),  # its own
        *GAINS,
        ("seed", "u4"),  # of its noise
    ],
    align=True,
)
START, CONTINUE = 1, 2
WAITING, ACTIVE, DECODED = 1, 2, 3

KEY = np.dtype([("note", "i4"), ("channel", "i4"), ("key", "i4"), ("velocity", "f4")], align=True)
DDSP = np.dtype(
    [
        ("rate", "f8"),  # Hz, of the device
        ("band", "f8"),  # Hz, upper limit of harmonics
        ("clock", "i8"),  # frames since `reset`
        ("hop", "i8"),  # frames of a model frame
        ("min_frame", "i8"),  # shortest model frame and longest run, in frames
        ("fade_frames", "i8"),  # frames of the cross-fade of a leap
        ("notes", "i8"),  # notes started so far
        ("seed", "u4"),
        # the decoder
        ("units", "i8"),
        ("size", "i8"),  # padded units
        ("H", "i8"),  # harmonics
        ("N", "i8"),  # bands of noise
        ("heads", "i8"),  # padded heads
        ("decoder", "u8"),  # address of the C function that decodes,
        ("self_address", "u8"),  # and of this record
        ("mailbox", "u8"),  # address of the MAILBOX of a decoder on another thread, see decoder_requests.py; 0: none
        ("weights_size", "i8"),  # numbers in weights
        ("vectors_size", "i8"),  # numbers in vectors
        ("uses_hertz", "i8"),  # 1: the pitch feature is in Hz; 0: MIDI pitch / 127
        ("min_frequency", "f4"),  # Hz, range of pitch of the decoder
        ("max_frequency", "f4"),
        ("min_semitone", "f4"),  # MIDI pitch, range that a tracked voice is held to
        ("max_semitone", "f4"),
        ("mean", "f4"),  # dB, of the loudness in training
        ("deviation", "f4"),
        # addresses of float32 arrays, (shape)
        ("weights", "u8"),  # (weights_size,), or float16
        ("vectors", "u8"),  # (vectors_size,)
        ("voice_states", "u8"),  # (VOICES + 1, size): GRU states,
        ("next_states", "u8"),  # (VOICES + 1, size): after their planned model frames,
        ("voice_outputs", "u8"),  # (VOICES + 1, heads): and the outputs of these
        ("first_outputs", "u8"),  # (key_count, FIRST_LEVELS, heads): of the first model frames of notes,
        ("first_states", "u8"),  # (key_count, FIRST_LEVELS, size): and GRU states after them
        ("first_key", "i8"),  # MIDI key of the first
        ("key_count", "i8"),
        ("filter_table", "u8"),  # (R, N): from bands to filters
        ("R", "i8"),
        ("taps", "i8"),  # of a filter
        ("harmonics", "u8"),  # (VOICES + 1, 3, H): amplitudes
        ("fading", "u8"),  # (VOICES + 1, H): of the harmonics that fade at an old pitch
        ("silence", "u8"),  # (H,): 0
        ("filters", "u8"),  # (VOICES + 1, 3, taps): of the noise
        ("noise_lines", "u8"),  # (VOICES + 1, 2, line): noise on both sides
        ("line", "i8"),
        # work
        ("batch", "i8", (MAX_BATCH,)),  # the voices whose frames are being decoded,
        ("batch_count", "i8"),  # their number B,
        ("step", "i8"),  # the matrix that is next,
        ("panel", "i8"),  # and its panel, see `engine.dsp.decoder.decode_panels`
        ("work_done", "i8"),  # work done for them,
        ("frame_work", "i8"),  # of this much for a frame
        ("features", "u8"),  # (2, B) of the batch
        ("states", "u8"),  # (B, size)
        ("work", "u8"),  # (WORK_ROWS, B, size)
        ("outputs", "u8"),  # (B, heads)
        ("tone", "f4", (CONTROL_FRAMES,)),
        ("left", "f4", (CONTROL_FRAMES,)),
        ("right", "f4", (CONTROL_FRAMES,)),
        # parameters and controllers
        *param_fields(PARAMS),
        ("gain_smoothing", "f4"),  # share of the distance that a gain moves in a control period
        ("fade_smoothing", "f4"),  # the same of a stolen voice
        ("onset", "i8"),  # frames of the fade-in of a note
        *CONTROLS,
        ("lfo_at", "i8"),  # time of the last update of the LFO
        ("keys", KEY, (MAX_HELD_KEYS,)),  # held keys of legato, newest last
        ("held_count", "i8"),
        ("voices", VOICE_STATE, (VOICES + 1,)),  # of the keys, and the tracked voice
    ],
    align=True,
)
