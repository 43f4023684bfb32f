"""Test tones for pitch tracking: harmonics of random amplitude and phase, background noise, an onset."""

import numpy as np

RATE = 48_000


def tone(
    frequency: float,
    random: np.random.Generator,
    seconds: float = 0.25,
    noise: float = -20.0,
    rise: float = 0.0,
    silence: float = 0.1,
    level: float = -20.0,
    harmonics: int = 15,
) -> tuple[np.ndarray, int]:
    """A tone (T,) float32 after some silence, and the frame of its onset.

    Its k-th harmonic is about 1 / k strong. noise: dB below the tone, white, from the first frame on. rise: seconds.
    level: dB, of the mean square.
    """
    time = np.arange(int(seconds * RATE)) / RATE
    wave = np.zeros(len(time))
    for k in range(1, harmonics + 1):
        if k * frequency < RATE / 2:
            strength = np.exp(0.5 * random.normal()) / k
            wave += strength * np.sin(2 * np.pi * (k * frequency * time + random.random()))
    wave /= np.sqrt((wave**2).mean())
    if rise:
        wave *= np.minimum(time / rise, 1)
    start = int(silence * RATE)
    sound = random.normal(size=start + len(time)) * 10 ** (noise / 20)
    sound[start:] += wave
    return (10 ** (level / 20) * sound).astype(np.float32), start
