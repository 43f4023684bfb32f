"""[audio thread] The modes of a voice: from the preset, the key, the velocity, the parameters and the controllers."""

import numpy as np

from engine.dsp import modal
from engine.dsp.decibels import gain_of
from engine.dsp.modal_energy import impulse_response_energy
from engine.dsp.pitch_units import ratio_of
from engine.instruments.shared.voice_allocation import AS_LEARNED_NOTE, VOICES
from engine.instruments.shared.voice_gain import snap_gains
from engine.kernel import njit
from engine.plugin import clamp
from engine.pointers import view_f4, view_f8

from .excitation_tables import LOUDNESS_DECAY
from .state import BODY, BRIGHTNESS, DECAY, LEVEL, PARTIAL_ROWS, WIDTH

VELOCITY_EXPONENT = 0.9  # of the amplitude, outside the recorded dynamics
VELOCITY_TILT = 6.0  # dB per octave between velocity 0 and the softest recorded one; as steep above the loudest
MAX_TILT = np.float32(2)  # exponent of frequency
MIN_TILT_HZ = np.float32(80)  # below it a tilt is flat: otherwise rumble would dominate
MIN_RATIO = np.float32(0.01)  # −40 dB: of the amplitudes of a partial in two dynamics
QUARTER_PI = np.float32(np.pi / 4)


@njit(cache=True, error_model="numpy")
def velocity_response(state, resonance, velocity):
    """Response of a resonance to a velocity: layer below, share of the next one, gain, tilt down in dB per octave."""
    layers = view_f4(state.velocity, (state.R, state.L))[resonance]
    last = state.L - 1
    if velocity >= layers[last]:
        part = velocity / layers[last]
        return (
            last,
            np.float32(0),
            part ** np.float32(VELOCITY_EXPONENT),
            np.float32(VELOCITY_TILT) * (np.float32(1) - part),
        )
    if velocity <= layers[0]:
        part = max(velocity, np.float32(0)) / layers[0]
        return (
            0,
            np.float32(0),
            part ** np.float32(VELOCITY_EXPONENT),
            np.float32(VELOCITY_TILT) * (np.float32(1) - part),
        )
    layer = 0
    while velocity > layers[layer + 1]:
        layer += 1
    share = (velocity - layers[layer]) / (layers[layer + 1] - layers[layer])
    return layer, share, np.float32(1), np.float32(0)


@njit(cache=True, error_model="numpy")
def set_partials(state, index):
    """Set the partials of a voice: its resonance interpolated between two layers, moved to the key, and tilted.

    The modes are those of the nearer layer, since interpolated ones of almost the same frequency would cancel; their
    amplitudes, each summed over its cluster, and their decays are interpolated geometrically. So is the total energy,
    which no tilt changes. Notes have only the modes that belong to the pitch, at the energy of all. Modes that sound
    keep their amplitude. Returns the energy of the next attack.
    """
    voice = state.voices[index]
    layer, share = voice.layer, voice.share
    shape = (state.R, state.L, state.E, state.J)
    frequency, decay = view_f4(state.frequency, shape), view_f4(state.decay, shape)
    amplitude, phase = view_f4(state.amplitude, shape), view_f4(state.phase, shape)
    cluster_amplitude, cluster_decay = view_f4(state.cluster_amplitude, shape), view_f4(state.cluster_decay, shape)
    harmonic = view_f4(state.harmonic, (state.R, state.E, state.J))
    tonal = state.has_inharmonic and voice.note != AS_LEARNED_NOTE
    partials = view_f8(state.partials, (VOICES, state.E, PARTIAL_ROWS, state.J))[index]
    r, below, above = voice.resonance, layer, min(layer + 1, state.L - 1)
    near, far, weight = (above, below, np.float32(1) - share) if share > 0.5 else (below, above, share)
    tilt = min(max((voice.tilt + state.param[BRIGHTNESS]) / np.float32(6.0206), -MAX_TILT), MAX_TILT)
    for e in range(state.E):
        for j in range(state.J):
            hertz, rate, size = frequency[r, near, e, j], decay[r, near, e, j], amplitude[r, near, e, j]
            if weight > 0:
                rate *= bounded_ratio(cluster_decay[r, far, e, j], cluster_decay[r, near, e, j]) ** weight
                size *= bounded_ratio(cluster_amplitude[r, far, e, j], cluster_amplitude[r, near, e, j]) ** weight
            if tonal:
                size *= harmonic[r, e, j]
            if tilt != 0 and hertz > 0:
                size *= (max(hertz, MIN_TILT_HZ) / np.float32(1000)) ** tilt
            partials[e, modal.FREQUENCY, j] = hertz
            partials[e, modal.DECAY, j] = rate
            partials[e, modal.REAL, j] = size * np.cos(phase[r, near, e, j])
            partials[e, modal.IMAGINARY, j] = size * np.sin(phase[r, near, e, j])
    layers = view_f4(state.energy, (state.R, state.L))[r]
    energy = interpolate_geometric(layers[below], layers[above], share)
    gain = gain_of(state.param[BODY]) * np.float32(state.learned / state.rate)
    if share != 0 or tilt != 0 or tonal:
        gain *= energy_gain(partials, energy)
    transform_partials(state, index, gain)
    return energy


@njit(cache=True, error_model="numpy")
def energy_gain(partials, energy):
    """The gain that brings the partials (E, PARTIAL_ROWS, J) of a voice to an energy, within 20 dB."""
    total = np.float32(0)
    for e in range(partials.shape[0]):
        frequency, decay = partials[e, modal.FREQUENCY], partials[e, modal.DECAY]
        total += np.float32(
            impulse_response_energy(
                frequency, decay, partials[e, modal.REAL], partials[e, modal.IMAGINARY], LOUDNESS_DECAY
            )
        )
    if total <= 0 or energy <= 0:
        return np.float32(1)
    return clamp(np.float32(np.sqrt(energy / total)), np.float32(0.1), np.float32(10))


@njit(cache=True, error_model="numpy")
def transform_partials(state, index, gain):
    """Move the partials of a voice to its key, scale them, and set their stereo positions."""
    voice = state.voices[index]
    place = view_f4(state.place, (state.R, state.E, state.J))[voice.resonance]
    partials = view_f8(state.partials, (VOICES, state.E, PARTIAL_ROWS, state.J))[index]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[index]
    for e in range(state.E):
        for j in range(state.J):
            angle = min(max(place[e, j] * state.param[WIDTH], np.float32(-1)), np.float32(1)) * QUARTER_PI
            middle = gain * np.cos(angle)  # as in modal.stereo
            partials[e, modal.FREQUENCY, j] *= voice.key_ratio
            partials[e, modal.DECAY, j] *= voice.key_ratio / state.param[DECAY]
            partials[e, modal.REAL, j] *= middle
            partials[e, modal.IMAGINARY, j] *= middle
            banks[e, modal.SIDE, j] = np.tan(angle)


@njit(cache=True, error_model="numpy")
def start_tuning(state, v):
    """Set pitch and gain of a starting voice to their targets."""
    voice = state.voices[v]
    voice.ratio = np.float32(ratio_of(state.bend[voice.channel] + voice.bend))
    retune(state, v)
    snap_gains(state, voice, state.volume[voice.channel] * gain_of(state.param[LEVEL]))


@njit(cache=True, error_model="numpy")
def retune(state, v):
    """Tune the modes of a voice to its bend and damping."""
    voice = state.voices[v]
    partials = view_f8(state.partials, (VOICES, state.E, PARTIAL_ROWS, state.J))[v]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[v]
    for e in range(state.E):
        modal.tune(banks[e], partials[e], voice.ratio, voice.damping, state.rate)


@njit(cache=True, error_model="numpy")
def bounded_ratio(far, near):
    """The ratio of two numbers, within 40 dB; 1 where one is not positive."""
    return clamp(far / near, MIN_RATIO, np.float32(1) / MIN_RATIO) if far > 0 and near > 0 else np.float32(1)


@njit(cache=True, error_model="numpy")
def interpolate_geometric(low, high, share):
    """Interpolate geometrically from low at 0 to high at 1; linearly where one is not positive."""
    if share == 0 or low == high:
        return low
    if low <= 0 or high <= 0:
        return low + share * (high - low)
    return low * (high / low) ** share
