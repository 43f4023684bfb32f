"""[audio thread] What a voice rings and how loud: from the preset, the key, the velocity and the controllers."""

import numpy as np
from numba import njit

from engine.dsp import modal
from engine.dsp.energy import struck_energy
from engine.dsp.levels import gain_of
from engine.instruments.shared.voice_allocation import AS_LEARNED, VOICES
from engine.instruments.shared.voice_gain import snap_gains
from engine.memory import view_f4, view_f8
from engine.plugin import clamp

from .state import BODY, BRIGHTNESS, DECAY, LEVEL, PARTIAL_ROWS, WIDTH
from .tables import LOUDNESS_DECAY

LOUDNESS = 0.9  # beyond the recorded dynamics, amplitude goes with velocity to this power
DULLNESS = 6.0  # dB per octave that a note of velocity 0 is duller than the softest recorded one, as steep beyond
MAX_TILT = np.float32(2)  # powers of frequency: the most that a spectrum is tilted
MIN_TILT_HZ = np.float32(80)  # Hz: a tilt goes no further down, or rumble would be all that is left
MIN_RATIO = np.float32(0.01)  # -40 dB: how much less of a partial another dynamic may be made to have
QUARTER = np.float32(np.pi / 4)


@njit(cache=True, error_model="numpy")
def velocity_response(state, resonance, velocity):
    """What a velocity means for a resonance: layer below, share of the next, gain, dullness in dB per octave."""
    played = view_f4(state.velocity, (state.R, state.L))[resonance]
    last = state.L - 1
    if velocity >= played[last]:
        part = velocity / played[last]
        return last, np.float32(0), part ** np.float32(LOUDNESS), np.float32(DULLNESS) * (np.float32(1) - part)
    if velocity <= played[0]:
        part = max(velocity, np.float32(0)) / played[0]
        return 0, np.float32(0), part ** np.float32(LOUDNESS), np.float32(DULLNESS) * (np.float32(1) - part)
    layer = 0
    while velocity > played[layer + 1]:
        layer += 1
    share = (velocity - played[layer]) / (played[layer + 1] - played[layer])
    return layer, share, np.float32(1), np.float32(0)


@njit(cache=True, error_model="numpy")
def set_partials(state, index):
    """Write the partials of a voice: its resonance between two layers, moved to the key, tilted in dB per octave.

    The modes are those of the nearer layer, since blended ones that almost coincide would cancel now and then; how
    strong they are, each with its neighbours, and how fast they decay goes geometrically from one layer to the other.
    So does the energy of all, and no tilt changes it. On the keys only those sound that belong to the pitch, as loud
    as all would be. What already rings keeps its amplitude; the result is the energy of the next strike.
    """
    voice = state.voices[index]
    layer, share = voice.layer, voice.share
    shape = (state.R, state.L, state.E, state.J)
    frequency, decay = view_f4(state.frequency, shape), view_f4(state.decay, shape)
    amplitude, phase = view_f4(state.amplitude, shape), view_f4(state.phase, shape)
    swell, linger = view_f4(state.swell, shape), view_f4(state.linger, shape)
    harmonic = view_f4(state.harmonic, (state.R, state.E, state.J))
    tonal = state.mixed and voice.note != AS_LEARNED
    partials = view_f8(state.partials, (VOICES, state.E, PARTIAL_ROWS, state.J))[index]
    r, below, above = voice.resonance, layer, min(layer + 1, state.L - 1)
    near, far, way = (above, below, np.float32(1) - share) if share > 0.5 else (below, above, share)
    steep = min(max((voice.tilt + state.param[BRIGHTNESS]) / np.float32(6.0206), -MAX_TILT), MAX_TILT)
    for e in range(state.E):
        for j in range(state.J):
            at, fall, loud = frequency[r, near, e, j], decay[r, near, e, j], amplitude[r, near, e, j]
            if way > 0:
                fall *= bounded_ratio(linger[r, far, e, j], linger[r, near, e, j]) ** way
                loud *= bounded_ratio(swell[r, far, e, j], swell[r, near, e, j]) ** way
            if tonal:
                loud *= harmonic[r, e, j]
            if steep != 0 and at > 0:
                loud *= (max(at, MIN_TILT_HZ) / np.float32(1000)) ** steep
            partials[e, modal.FREQUENCY, j] = at
            partials[e, modal.DECAY, j] = fall
            partials[e, modal.REAL, j] = loud * np.cos(phase[r, near, e, j])
            partials[e, modal.IMAGINARY, j] = loud * np.sin(phase[r, near, e, j])
    layers = view_f4(state.energy, (state.R, state.L))[r]
    wanted = interpolate_geometric(layers[below], layers[above], share)
    gain = gain_of(state.param[BODY]) * np.float32(state.learned / state.rate)
    if share != 0 or steep != 0 or tonal:
        gain *= energy_gain(partials, wanted)
    place_partials(state, index, gain)
    return wanted


@njit(cache=True, error_model="numpy")
def energy_gain(partials, wanted):
    """The gain that gives the partials (E, PARTIALS, J) of a voice the energy that is wanted, within 20 dB."""
    total = np.float32(0)
    for e in range(partials.shape[0]):
        frequency, decay = partials[e, modal.FREQUENCY], partials[e, modal.DECAY]
        total += np.float32(
            struck_energy(frequency, decay, partials[e, modal.REAL], partials[e, modal.IMAGINARY], LOUDNESS_DECAY)
        )
    if total <= 0 or wanted <= 0:
        return np.float32(1)
    return clamp(np.float32(np.sqrt(wanted / total)), np.float32(0.1), np.float32(10))


@njit(cache=True, error_model="numpy")
def place_partials(state, index, gain):
    """Move the partials of a voice to its key, scale them, and set them where they stand in the stereo field."""
    voice = state.voices[index]
    place = view_f4(state.place, (state.R, state.E, state.J))[voice.resonance]
    partials = view_f8(state.partials, (VOICES, state.E, PARTIAL_ROWS, state.J))[index]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[index]
    for e in range(state.E):
        for j in range(state.J):
            aside = min(max(place[e, j] * state.param[WIDTH], np.float32(-1)), np.float32(1)) * QUARTER
            middle = gain * np.cos(aside)  # as in modal.stereo
            partials[e, modal.FREQUENCY, j] *= voice.move
            partials[e, modal.DECAY, j] *= voice.move / state.param[DECAY]
            partials[e, modal.REAL, j] *= middle
            partials[e, modal.IMAGINARY, j] *= middle
            banks[e, modal.SIDE, j] = np.tan(aside)


@njit(cache=True, error_model="numpy")
def start_tuning(state, v):
    """Bring the pitch and the gain of a voice to what the controllers ask for, at once: it begins."""
    voice = state.voices[v]
    voice.ratio = np.float32(2.0 ** ((state.bend[voice.channel] + voice.bend) / 12))
    retune(state, v)
    snap_gains(state, voice, state.volume[voice.channel] * gain_of(state.param[LEVEL]))


@njit(cache=True, error_model="numpy")
def retune(state, v):
    """Give the modes of a voice their bend and damping."""
    voice = state.voices[v]
    partials = view_f8(state.partials, (VOICES, state.E, PARTIAL_ROWS, state.J))[v]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[v]
    for e in range(state.E):
        modal.tune(banks[e], partials[e], voice.ratio, voice.damping, state.rate)


@njit(cache=True, error_model="numpy")
def bounded_ratio(far, near):
    """How much more one is than the other, within 40 dB; 1 where there is nothing to compare."""
    return clamp(far / near, MIN_RATIO, np.float32(1) / MIN_RATIO) if far > 0 and near > 0 else np.float32(1)


@njit(cache=True, error_model="numpy")
def interpolate_geometric(low, high, share):
    """From low at 0 to high at 1 by equal ratios; 0 stays 0."""
    if share == 0 or low == high:
        return low
    if low <= 0 or high <= 0:
        return low + share * (high - low)
    return low * (high / low) ** share
