"""Spectrograms of a voice and its transfer.

python scripts/transfer_spectrograms.py VOICE OUTPUT docs/voice_transfer.png
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import soundfile
from matplotlib.axes import Axes
from scipy.signal import ShortTimeFFT, get_window

MIN_HZ, MAX_HZ = 100.0, 10_000.0  # frequency range, Hz
RANGE_DB = 72.0  # dB shown
FOREGROUND, BACKGROUND = "#b8a99a", "#14110f"


def main(voice: str, output: str, path: str) -> None:
    """Draw both spectrograms over one time axis."""
    figure, (voice_axes, output_axes) = plt.subplots(2, sharex=True, figsize=(12, 6.4), facecolor=BACKGROUND)
    _draw(voice_axes, voice, "sung")
    seconds = _draw(output_axes, output, "answered")
    output_axes.set(xlabel="seconds", xlim=(0, min(seconds, voice_axes.dataLim.x1)))
    output_axes.xaxis.label.set_color(FOREGROUND)
    figure.tight_layout()
    figure.savefig(path, dpi=90, facecolor=figure.get_facecolor())


def _draw(axes: Axes, path: str, name: str) -> float:
    """Draw the spectrogram of a sound file over a logarithmic frequency axis; return its length in seconds."""
    samples, rate = soundfile.read(path, always_2d=True)
    sound = samples.mean(axis=1)
    size = 1 << round(np.log2(0.06 * rate))
    transform = ShortTimeFFT(get_window("hann", size), size // 16, rate, mfft=2 * size)
    level = 20 * np.log10(np.abs(transform.stft(sound)) + 1e-9)
    time, frequency = transform.t(len(sound)), transform.f
    axes.pcolormesh(
        time, frequency[1:], level[1:], cmap="inferno", vmin=level.max() - RANGE_DB, vmax=level.max(), rasterized=True
    )
    axes.set(yscale="log", ylim=(MIN_HZ, MAX_HZ), ylabel=f"{name}, Hz")
    axes.tick_params(colors=FOREGROUND)
    axes.yaxis.label.set_color(FOREGROUND)
    for side in axes.spines.values():
        side.set_visible(False)
    return len(sound) / rate


if __name__ == "__main__":
    main(*sys.argv[1:4])
