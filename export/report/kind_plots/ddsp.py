"""Plot the harmonics of a ddsp instrument over its pitch range."""

import numpy as np
from matplotlib.axes import Axes

from engine.instruments.ddsp.decode_curves import decode_curves
from engine.preset.preset_file import Preset
from export.report.svg_theme import Drawing, draw, frequency_axis

PITCHES = 160
FRAMES_PER_PITCH = 12
"""So many that the decoder's state no longer depends on the pitch before."""


def plot(preset: Preset) -> Drawing:
    """Plot the level of each harmonic from the lowest pitch to the highest, at mean loudness."""
    low, high = (float(preset.header["pitch"][name]) for name in ("low", "high"))
    high = max(high, low * 1.01)
    pitch = np.repeat(np.geomspace(low, high, PITCHES), FRAMES_PER_PITCH)
    loudness = np.full(len(pitch), preset.header["features"]["mean"])
    shares = decode_curves(preset, pitch, loudness)[1][FRAMES_PER_PITCH - 1 :: FRAMES_PER_PITCH]
    level = 20 * np.log10(shares / shares.max() + 1e-6)

    def paint(axes: Axes) -> None:
        edges = np.geomspace(low, high, PITCHES + 1)
        image = axes.pcolormesh(
            edges, np.arange(level.shape[1] + 1) + 0.5, level.T, cmap="inferno", vmin=-60, vmax=0, rasterized=True
        )
        frequency_axis(axes, low, high)
        axes.set(xlabel="pitch", ylabel="harmonic")
        axes.grid(False)
        axes.figure.colorbar(image, ax=axes, pad=0.01, label="dB").outline.set_visible(False)

    description = "How strong each harmonic is, at every pitch of the instrument, at its usual loudness."
    return draw("rings", "Its harmonics", description, paint)
