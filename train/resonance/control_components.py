"""Components of a control signal, and maps made of them from gestures and keys to its dimensions.

A map is a matrix of non-negative columns, one for each axis of the gesture. Its columns are the components whose sums
approximate the frames of the control signal, so that a gesture plays combinations that the recording contains.
"""

import numpy as np

EPSILON = 1e-9
SPARSITY_WEIGHT = 0.2  # cost of an activation, in units of the mean frame
FIRST_KEY = 36  # plays the first component; the others follow upwards, and repeat after the last
KEY_COUNT = 128


def find_components(control: np.ndarray, count: int, seed: int = 0, rounds: int = 200) -> np.ndarray:
    """Components (K, count) of a control signal (K, F): column d is the control at full deflection of axis d.

    Found by sparse non-negative matrix factorization, initialized by frames of the signal. The peak of each is that
    of a loud frame of its dimension. Zeros for a silent signal.
    """
    frames = control[:, control.any(axis=0)].astype(np.float64)
    if frames.shape[1] == 0:
        return np.zeros((len(control), count), np.float32)
    random = np.random.default_rng(seed)
    components = _distinct_frames(frames, count, random) + 0.01 * frames.mean()
    activations = random.uniform(0.1, 1, (count, frames.shape[1]))
    cost = SPARSITY_WEIGHT * frames.mean()
    for _ in range(rounds):
        activations *= (components.T @ frames) / (components.T @ components @ activations + cost + EPSILON)
        components *= (frames @ activations.T) / (components @ activations @ activations.T + EPSILON)
        components /= np.linalg.norm(components, axis=0) + EPSILON
    loud_levels = np.array([np.percentile(row[row > 0], 90) if row.any() else 0.0 for row in frames])
    components[components < 0.05 * components.max(axis=0)] = 0
    peak_dimension = components.argmax(axis=0)
    return (components / (components.max(axis=0) + EPSILON) * loud_levels[peak_dimension]).astype(np.float32)


def map_keys(control: np.ndarray, pitch: np.ndarray, seed: int = 0) -> np.ndarray:
    """Components on the keys: (K, 128), from low to high.

    pitch: (K,) Hz, the mean of each dimension. There are as many components as dimensions that are ever used.
    """
    count = int(control.any(axis=1).sum())
    if count == 0:
        return np.zeros((len(control), KEY_COUNT), np.float32)
    components = find_components(control, count, seed)
    mean_log_pitch = np.log(np.maximum(pitch, 1.0)) @ components / (components.sum(axis=0) + EPSILON)
    return components[:, np.argsort(mean_log_pitch)][:, (np.arange(KEY_COUNT) - FIRST_KEY) % count]


def _distinct_frames(frames: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Frames (K, count) whose directions differ most, the loudest first; then random ones."""
    norms = np.linalg.norm(frames, axis=0)
    directions = frames / norms
    chosen = [int(norms.argmax())]
    similarity = directions.T @ directions[:, chosen[0]]
    while len(chosen) < min(count, frames.shape[1]):
        chosen.append(int(((1 - similarity) * norms).argmax()))
        similarity = np.maximum(similarity, directions.T @ directions[:, chosen[-1]])
    chosen += random.integers(frames.shape[1], size=count - len(chosen)).tolist()
    return frames[:, chosen]
