"""Initial weights of a resonance model: timbres, partials, decays and onsets estimated from the recording.

The spectrogram is factorized into as many timbres as there are resonances (non-negative matrix factorization: Lee and
Seung, 2001). The peaks of a timbre become modes, the decay of its partials that of the modes, and the few onsets
whose decays add up to its activity (non-negative least squares, so most are zero) the control signal.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import nnls
from scipy.signal import find_peaks

from train.spectral_loss import magnitudes

from .model import TIME_SCALE, ResonanceModel

EPSILON = 1e-6
DECAY_LAG_SECONDS = 0.046  # between the two magnitudes that a decay is measured from
MIN_DECAY, MAX_DECAY = 0.7, 80.0  # 1/s: decays that a spectrogram can resolve
ONSET_REACH_FRAMES = 2  # by which learning may move an onset
SOLVED_FRAMES = 512  # whose onsets are solved together
DETUNING_HZ = 0.5  # deviation of the partials of a variant from those of the first


@dataclass(frozen=True)
class Timbre:
    """One factor of a spectrogram.

    frequency Hz, decay 1/s, weight: (P,) of its partials, strongest first. onsets: (F,), mostly 0.
    level: magnitude of the strongest partial per unit of onset.
    """

    frequency: np.ndarray
    decay: np.ndarray
    weight: np.ndarray
    onsets: np.ndarray
    level: float


def initialize(model: ResonanceModel, samples: torch.Tensor, seed: int) -> None:
    """Set the weights of a model from its target (N,), in place."""
    sizes = model.sizes
    window = _window(sizes.rate)
    timbres = find_timbres(samples, min(sizes.control, sizes.resonances), sizes.rate, window, sizes.hop, seed)
    with torch.no_grad():
        _set_modes(model, timbres, np.random.default_rng(seed))
        _set_attacks(model, seed)
        _set_control(model, timbres, window)


def find_timbres(samples: torch.Tensor, count: int, rate: float, window: int, hop: int, seed: int) -> list[Timbre]:
    """Factorize samples (N,) into `count` timbres, with onsets on the grid of `hop` samples."""
    spectra = magnitudes(samples.cpu(), window, hop).numpy()
    activity, shapes = factorize(spectra, count, seed)
    model_spectra = activity @ shapes + EPSILON
    timbres = []
    for r in range(count):
        component = spectra * (activity[:, r : r + 1] * shapes[r]) / model_spectra
        complete_frames = max(len(component) - window // hop, 2)  # the last windows reach past the end
        decay = _decays(component[:complete_frames], rate, hop)
        peaks = _peaks(shapes[r])
        partial_energy = shapes[r][peaks] ** 2
        mean_decay = float(np.exp((partial_energy * np.log(decay[peaks])).sum() / partial_energy.sum()))
        onsets = _onsets(activity[:, r], mean_decay / rate, window, hop)
        frequency = _interpolated_bins(shapes[r], peaks) * rate / window
        timbres.append(Timbre(frequency, decay[peaks], shapes[r][peaks], onsets, float(shapes[r].max())))
    return timbres


def factorize(spectra: np.ndarray, count: int, seed: int, rounds: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Magnitudes (F, B) ≈ activity (F, R) @ shapes (R, B), all non-negative, each shape with its peak at 1."""
    random = np.random.default_rng(seed)
    activity = random.uniform(0.1, 1.1, (len(spectra), count)).astype(np.float32)
    shapes = random.uniform(0.1, 1.1, (count, spectra.shape[1])).astype(np.float32)
    ratio = np.empty((len(spectra), shapes.shape[1]), np.float32)  # one for all rounds: new memory takes longer

    def compare() -> None:
        np.matmul(activity, shapes, out=ratio)
        np.add(ratio, EPSILON, out=ratio)
        np.divide(spectra, ratio, out=ratio)

    for _ in range(rounds):
        compare()
        activity *= ratio @ shapes.T / (shapes.sum(1) + EPSILON)
        compare()
        shapes *= activity.T @ ratio / (activity.sum(0)[:, None] + EPSILON)
    peak = shapes.max(1) + EPSILON
    return activity * peak, shapes / peak[:, None]


def _window(rate: float) -> int:
    """Samples of about 93 ms, a power of two."""
    return 1 << round(np.log2(0.093 * rate))


def _peaks(shape: np.ndarray) -> np.ndarray:
    """Bins where a shape (B,) has a peak, the highest first; its highest bin if it has none."""
    peaks = find_peaks(shape[1:-1])[0] + 1
    return peaks[np.argsort(-shape[peaks])] if len(peaks) else np.array([shape[1:-1].argmax() + 1])


def _interpolated_bins(shape: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    """Positions of peaks in fractional bins: the vertices of parabolas through log magnitudes."""
    left, top, right = (np.log(shape[peaks + step] + EPSILON) for step in (-1, 0, 1))
    curvature = np.minimum(left - 2 * top + right, -EPSILON)
    return peaks + np.clip(0.5 * (left - right) / curvature, -0.5, 0.5)


def _decays(component: np.ndarray, rate: float, hop: int) -> np.ndarray:
    """Decay of each bin of magnitudes (F, B), over the frames in which it falls: (B,) in 1/s."""
    lag = min(max(round(DECAY_LAG_SECONDS * rate / hop), 1), len(component) - 1)
    before, after = component[:-lag], component[lag:]
    falling = after < before
    remaining = (before * after * falling).sum(0) / ((before**2 * falling).sum(0) + EPSILON**2)
    return np.clip(-np.log(np.clip(remaining, EPSILON, 1)) * rate / (lag * hop), MIN_DECAY, MAX_DECAY)


def _onsets(activity: np.ndarray, decay: float, window: int, hop: int) -> np.ndarray:
    """The non-negative impulses (F,) that, each decaying (per sample), add up to an activity (F,).

    They are solved in windows that overlap by half, so that the time is proportional to the length.
    """
    frames, size = len(activity), min(len(activity), SOLVED_FRAMES)
    lead, response = _response(decay, window, hop, frames)
    padded = np.concatenate((np.zeros(size), response))
    matrix = padded[size + lead + np.arange(-lead, size)[:, None] - np.arange(size)]
    onsets, rest = np.zeros(frames), activity.astype(np.float64)
    first = kept = 0
    while first + kept < frames:
        first += kept
        before, count = min(lead, first), min(size, frames - first)
        found = nnls(matrix[lead - before : lead + count, :count], rest[first - before : first + count])[0]
        kept = count if first + count == frames else size // 2
        for onset in (first + np.flatnonzero(found[:kept])).tolist():
            onsets[onset] = found[onset - first]
            begin = max(onset - lead, 0)
            rest[begin:] -= onsets[onset] * response[begin + lead - onset :][: frames - begin]
    return onsets


def _response(decay: float, window: int, hop: int, frames: int) -> tuple[int, np.ndarray]:
    """Frames before an onset whose window already contains it, and the levels of its windows from these on.

    Levels: (lead + frames,). Windows that begin after the onset differ by a factor only.
    """
    lead = window // hop - 1
    hann = np.hanning(window + 1)[:-1]
    time = np.arange(window) + hop * np.arange(-lead, 1)[:, None]
    first = (np.exp(-decay * np.maximum(time, 0)) * (time >= 0)) @ hann / hann.sum()
    return lead, np.concatenate((first, first[-1] * np.exp(-decay * hop * np.arange(1, frames))))


def _set_modes(model: ResonanceModel, timbres: list[Timbre], random: np.random.Generator) -> None:
    """Fill the banks: the first variant has the strongest partials, others half of them, detuned, and weaker ones."""
    resonances, variants, modes = model.damping.shape
    shares = -(-resonances // len(timbres))  # resonances of one timbre
    shape = (resonances, variants, modes)
    frequency = random.uniform(0.005, 0.45, shape) * model.sizes.rate  # modes without a partial: weak, at random
    decay, weight = np.full(shape, 20.0), np.full(shape, 1e-4)
    for r in range(resonances):
        timbre, part = timbres[r % len(timbres)], r // len(timbres)
        for e in range(variants):
            chosen = _partials_of_variant(len(timbre.frequency[part::shares]), modes, e) * shares + part
            slots = slice(0, len(chosen))
            frequency[r, e, slots] = timbre.frequency[chosen] + (e > 0) * random.normal(0, DETUNING_HZ, len(chosen))
            decay[r, e, slots], weight[r, e, slots] = timbre.decay[chosen], timbre.weight[chosen]
    sign = random.choice([-1.0, 1.0], shape)  # equal signs would make a click at the onset
    x, omega = decay / TIME_SCALE, 2 * np.pi * np.abs(frequency) / TIME_SCALE
    damping = np.clip(x / 30, 1e-4, 1 - 1e-4)  # of a mass of 1/2
    model.mass.zero_()
    model.damping.copy_(torch.as_tensor(np.log(damping / (1 - damping))))
    model.tension.copy_(torch.as_tensor(np.log10(omega**2 + x**2)))
    model.displacement.copy_(torch.as_tensor(sign))
    model.amplitude.copy_(torch.as_tensor(np.sqrt(weight)))


def _partials_of_variant(available: int, modes: int, variant: int) -> np.ndarray:
    """Indices of the partials, sorted by strength, that a variant takes."""
    if variant == 0:
        return np.arange(min(modes, available))
    half = modes // 2
    weaker = modes + (variant - 1) * (modes - half) + np.arange(modes - half)
    chosen = np.concatenate((np.arange(half), weaker))
    return chosen[chosen < available]


def _set_attacks(model: ResonanceModel, seed: int) -> None:
    """Set the attacks to a fixed click and a little noise, of which little bypasses the modes."""
    model.strike.zero_()
    model.knock.zero_()
    if model.sizes.strike:
        model.strike[:, 0] = 1
    generator = torch.Generator().manual_seed(seed)
    noise = 0.02 if model.sizes.strike else 0.1
    model.envelope.copy_(torch.empty(model.envelope.shape).normal_(0, noise, generator=generator))
    model.mix.copy_(torch.tensor([-2.0, 2.0]).expand_as(model.mix))
    model.deformation.zero_()


def _set_control(model: ResonanceModel, timbres: list[Timbre], window: int) -> None:
    """Set the control signal to the onsets, 1 at the strongest of each row, and the gain to the recorded level."""
    rows, columns = model.control.shape
    onsets = np.zeros((rows, columns))
    onsets[: len(timbres)] = [timbre.onsets for timbre in timbres]
    peak = onsets.max(1) + EPSILON
    signal = torch.as_tensor(onsets / peak[:, None], dtype=torch.float32)
    is_near_onset = torch.nn.functional.max_pool1d(
        signal[:, None], 2 * ONSET_REACH_FRAMES + 1, 1, ONSET_REACH_FRAMES
    )[:, 0]
    model.sites.copy_(is_near_onset > 0)
    model.control.copy_(signal - signal.mean() / 2)  # `gated_control` adds the mean
    timbre_of_resonance = torch.arange(model.router.shape[1]) % len(timbres)
    model.router.copy_(torch.nn.functional.one_hot(timbre_of_resonance, rows).T)
    mode_peak = model.modes().residue[:, 0].abs().amax(1).cpu().numpy() * torch.sigmoid(torch.tensor(4.0)).item()
    level = np.array([timbres[k].level * peak[k] for k in timbre_of_resonance.tolist()])
    sine_magnitude = np.sqrt(window) / 4  # magnitude of a sine of amplitude 1
    first_variant_weight = torch.softmax(torch.eye(model.sizes.variants)[0], 0)[0].item()
    model.gain.copy_(torch.as_tensor(level / sine_magnitude / (mode_peak * first_variant_weight + EPSILON)))
