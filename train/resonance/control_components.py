"""Maps from gestures to control dimensions: a sparse dictionary of the learned control signal.

A map is a matrix of non-negative columns, one for each axis of the gesture. Its columns are the components whose sums
make up the moments of the recording, so that a gesture plays combinations that the recording contains.
"""

import numpy as np

EPSILON = 1e-9
SPARSITY_WEIGHT = 0.2  # cost of an activation, in units of the mean moment
FIRST_KEY = 36  # plays the first component; the others follow upwards, and repeat after the last
KEY_COUNT = 128


def find_components(control: np.ndarray, count: int, seed: int = 0, rounds: int = 200) -> np.ndarray:
    """Components (K, count) of a control signal (K, F): column d is what axis d sends at its full deflection.

    Found by sparse non-negative matrix factorization, initialized by moments of the signal. The peak of each is that
    of a loud moment of its dimension. Zeros for a signal without any moment.
    """
    moments = control[:, control.any(axis=0)].astype(np.float64)
    if moments.shape[1] == 0:
        return np.zeros((len(control), count), np.float32)
    random = np.random.default_rng(seed)
    parts = _distinct_moments(moments, count, random) + 0.01 * moments.mean()
    use = random.uniform(0.1, 1, (count, moments.shape[1]))
    cost = SPARSITY_WEIGHT * moments.mean()
    for _ in range(rounds):
        use *= (parts.T @ moments) / (parts.T @ parts @ use + cost + EPSILON)
        parts *= (moments @ use.T) / (parts @ use @ use.T + EPSILON)
        parts /= np.linalg.norm(parts, axis=0) + EPSILON
    loud = np.array([np.percentile(row[row > 0], 90) if row.any() else 0.0 for row in moments])
    parts[parts < 0.05 * parts.max(axis=0)] = 0
    peak = parts.argmax(axis=0)
    return (parts / (parts.max(axis=0) + EPSILON) * loud[peak]).astype(np.float32)


def map_keys(control: np.ndarray, height: np.ndarray, seed: int = 0) -> np.ndarray:
    """Components on the keys: (K, 128), from low to high.

    height: (K,) Hz, the mean pitch of each dimension. There are as many components as dimensions that are ever used.
    """
    count = int(control.any(axis=1).sum())
    if count == 0:
        return np.zeros((len(control), KEY_COUNT), np.float32)
    parts = find_components(control, count, seed)
    centre = np.log(np.maximum(height, 1.0)) @ parts / (parts.sum(axis=0) + EPSILON)
    return parts[:, np.argsort(centre)][:, (np.arange(KEY_COUNT) - FIRST_KEY) % count]


def _distinct_moments(moments: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Moments (K, count) whose directions differ most, the loudest first; then random ones."""
    norms = np.linalg.norm(moments, axis=0)
    directions = moments / norms
    chosen = [int(norms.argmax())]
    similarity = directions.T @ directions[:, chosen[0]]
    while len(chosen) < min(count, moments.shape[1]):
        chosen.append(int(((1 - similarity) * norms).argmax()))
        similarity = np.maximum(similarity, directions.T @ directions[:, chosen[-1]])
    chosen += random.integers(moments.shape[1], size=count - len(chosen)).tolist()
    return moments[:, chosen]
