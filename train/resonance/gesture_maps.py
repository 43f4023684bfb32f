"""From gestures to the control plane: maps made of what the learned control signal really does.

A map is a matrix of non-negative columns, one for each axis of the gesture. Its columns are the parts that the
moments of the recording are made of, a sparse dictionary of them, so that a gesture plays what was played.
"""

import numpy as np

TINY = 1e-9
SPARSE = 0.2  # how much an activation costs, in units of the mean moment
KEY = 36  # the key that plays the first part; the parts follow each other upwards, and begin again after the last
KEYS = 128


def components(control: np.ndarray, count: int, seed: int = 0, rounds: int = 200) -> np.ndarray:
    """Parts (K, count) of a control signal (K, F): column d is what axis d sends when it is moved fully.

    The parts are found by sparse non-negative factors that begin at moments of the signal. Each peaks where a loud
    moment of its own dimension does. A signal without any moment has no parts: zeros.
    """
    moments = control[:, control.any(axis=0)].astype(np.float64)
    if moments.shape[1] == 0:
        return np.zeros((len(control), count), np.float32)
    random = np.random.default_rng(seed)
    parts = _scattered(moments, count, random) + 0.01 * moments.mean()
    use = random.uniform(0.1, 1, (count, moments.shape[1]))
    cost = SPARSE * moments.mean()
    for _ in range(rounds):
        use *= (parts.T @ moments) / (parts.T @ parts @ use + cost + TINY)
        parts *= (moments @ use.T) / (parts @ use @ use.T + TINY)
        parts /= np.linalg.norm(parts, axis=0) + TINY
    loud = np.array([np.percentile(row[row > 0], 90) if row.any() else 0.0 for row in moments])
    parts[parts < 0.05 * parts.max(axis=0)] = 0
    peak = parts.argmax(axis=0)
    return (parts / (parts.max(axis=0) + TINY) * loud[peak]).astype(np.float32)


def keys(control: np.ndarray, height: np.ndarray, seed: int = 0) -> np.ndarray:
    """Parts on the keys: (K, 128), from low to high.

    height: (K,) Hz, how high each dimension sounds. There are as many parts as dimensions that are ever played.
    """
    count = int(control.any(axis=1).sum())
    if count == 0:
        return np.zeros((len(control), KEYS), np.float32)
    parts = components(control, count, seed)
    centre = np.log(np.maximum(height, 1.0)) @ parts / (parts.sum(axis=0) + TINY)
    return parts[:, np.argsort(centre)][:, (np.arange(KEYS) - KEY) % count]


def _scattered(moments: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Moments (K, count) that differ in direction as much as can be, the loudest first; then any."""
    norms = np.linalg.norm(moments, axis=0)
    directions = moments / norms
    chosen = [int(norms.argmax())]
    likeness = directions.T @ directions[:, chosen[0]]
    while len(chosen) < min(count, moments.shape[1]):
        chosen.append(int(((1 - likeness) * norms).argmax()))
        likeness = np.maximum(likeness, directions.T @ directions[:, chosen[-1]])
    chosen += random.integers(moments.shape[1], size=count - len(chosen)).tolist()
    return moments[:, chosen]
