"""[audio thread] The three sets of controls of a voice: of the current model frame, the next and the one after."""

from engine.instruments.shared.voice_allocation import VOICES
from engine.kernel import njit
from engine.pointers import view_f4


@njit(cache=True, error_model="numpy")
def voice_harmonics(state, v):
    """Amplitudes of the harmonics of a voice, (3, H)."""
    return view_f4(state.harmonics, (VOICES + 1, 3, state.H))[v]


@njit(cache=True, error_model="numpy")
def voice_filters(state, v):
    """Noise filters of a voice, (3, taps), frame by frame like its harmonics."""
    return view_f4(state.filters, (VOICES + 1, 3, state.taps))[v]


@njit(cache=True, error_model="numpy")
def harmonic_count(state, pitch):
    """The number of harmonics below the band limit at a pitch in turns per sample."""
    return min(int(state.band / (pitch * state.rate) - 1e-9), state.H)
