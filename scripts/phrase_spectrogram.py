"""Spectrogram of a phrase, for the top of the README.

python scripts/phrase_spectrogram.py PRESET SECONDS docs/phrase_spectrogram.png
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.signal import ShortTimeFFT, get_window

from engine.instruments import load
from engine.midi.midi_score import read
from engine.preset import library
from engine.render import render
from engine.standard_chain import StandardChain

RATE = 48_000
MIN_HZ, MAX_HZ = 60.0, 12_000.0  # frequency range, Hz
RANGE_DB = 78.0  # dB shown


def main(preset: str, seconds: float, path: str) -> None:
    """Render the start of the demo score and draw its spectrogram over a logarithmic frequency axis."""
    host = StandardChain(RATE)
    host.play([load(preset)])
    sound = render(host, read(library.factory_folder() / "demo.mid"), seconds)[0]
    transform = ShortTimeFFT(get_window("hann", 4096), 256, RATE, mfft=8192)
    level = 20 * np.log10(np.abs(transform.stft(sound)) + 1e-9)
    figure, axes = plt.subplots(figsize=(12, 4.2), facecolor="#14110f")
    time, frequency = transform.t(len(sound)), transform.f
    axes.pcolormesh(
        time, frequency[1:], level[1:], cmap="inferno", vmin=level.max() - RANGE_DB, vmax=level.max(), rasterized=True
    )
    axes.set(yscale="log", ylim=(MIN_HZ, MAX_HZ), xlim=(0, seconds), xlabel="seconds", ylabel="Hz")
    axes.tick_params(colors="#b8a99a")
    for text in (axes.xaxis.label, axes.yaxis.label):
        text.set_color("#b8a99a")
    for side in axes.spines.values():
        side.set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=90, facecolor=figure.get_facecolor())


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
