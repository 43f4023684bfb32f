"""What rings in an instrument, as a picture: frequency, how long, how strong; of a decoder its harmonics."""

import numpy as np
from matplotlib.axes import Axes

from engine.dsp.levels import NEPERS_PER_60_DB
from engine.instruments import make
from engine.instruments.ddsp.offline import spoken
from engine.instruments.events.decoder import EventDecoder
from engine.preset.preset_file import Preset
from engine.snapshots import modes as picture
from export.ssm_poles import find_poles

from .svg import Drawing, draw, frequency_axis, scatter

MOST = 1500  # modes that are drawn
FAINT = 1e-4  # of the energy of the strongest: a mode of a network below is not drawn
EVENTS = 96  # kinds of events that are drawn
TIMES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)  # seconds that are named
LOWEST, HIGHEST = 20.0, 20_000.0  # Hz


def plot_partials(preset: Preset) -> Drawing | None:
    """What rings in an instrument, of a decoder its harmonics; None if nothing does."""
    kind = preset.header["kind"]
    if kind == "ddsp":
        return _harmonics(preset)
    frequency, seconds, strength = {"resonance": _modes, "ssm": _network, "events": _events}[kind](preset)
    if not len(frequency):
        return None
    what = {
        "resonance": f"The {len(frequency)} strongest modes of all resonances",
        "ssm": f"The {len(frequency)} strongest modes of the network, as it rings when it is struck softly",
        "events": f"The {len(frequency)} kinds of events that are used most",
    }[kind]

    def paint(axes: Axes) -> None:
        scatter(axes, frequency, seconds, strength)
        frequency_axis(axes, max(float(frequency.min()) * 0.8, LOWEST), min(float(frequency.max()) * 1.25, HIGHEST))
        low, high = float(seconds.min()) / 1.4, float(seconds.max()) * 1.4
        axes.set(yscale="log", ylim=(low, high), ylabel="seconds until 60 dB lower")
        axes.set_yticks([time for time in TIMES if low <= time <= high], minor=False)
        axes.set_yticks([], minor=True)
        axes.yaxis.set_major_formatter("{x:g}")

    words = f"{what}: frequency from left to right, how long it rings upwards; larger dots are stronger."
    return draw("rings", words, paint)


def _modes(preset: Preset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found = picture.modes(make(preset))
    return _strongest(found.frequency, NEPERS_PER_60_DB / found.decay, found.level, MOST)


def _network(preset: Preset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The modes of the network's linear part that its dimensions strike hardest."""
    t, rate = preset.tensors, float(preset.header["rate"])
    entrance = (t["input"] * t["energy"]).astype(np.float64)[:, t["energy"] > 0]
    pole, residue = find_poles(t["recurrence"].astype(np.float64), t["output"].astype(np.float64), entrance)
    level = np.abs(residue).max(axis=0)
    energy = level**2 / (1 - np.abs(pole) ** 2)
    frequency, seconds = np.angle(pole) * rate / (2 * np.pi), NEPERS_PER_60_DB / (-np.log(np.abs(pole)) * rate)
    heard = (frequency > LOWEST) & (energy > FAINT * energy.max())
    return _strongest(frequency[heard], seconds[heard], np.sqrt(energy[heard]), MOST)


def _events(preset: Preset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The strongest frequency of each kind of event, how long it lasts, and how often it is used."""
    decoder, use = EventDecoder(preset), preset.tensors["use"].astype(float)
    which = np.argsort(-use)[:EVENTS]
    sound = np.concatenate(
        [decoder.sound(part, preset.tensors["strength"][part]) for part in np.array_split(which, -(-len(which) // 8))]
    ).astype(np.float64)
    power = np.abs(np.fft.rfft(sound, axis=1)) ** 2
    power[:, : int(LOWEST * 2 * sound.shape[1] / decoder.rate) // 2 + 1] = 0
    frequency = np.maximum(power.argmax(axis=1) * decoder.rate / sound.shape[1], LOWEST)
    left = np.cumsum(sound[:, ::-1] ** 2, axis=1)[:, ::-1]
    left = 10 * np.log10(left / (left[:, :1] + 1e-30) + 1e-12)
    falls = (left > -25).sum(axis=1) / decoder.rate * 60 / 25
    return frequency, np.maximum(falls, 1e-3), use[which]


def _strongest(
    frequency: np.ndarray, seconds: np.ndarray, level: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chosen = np.argsort(-level)[:count]
    return frequency[chosen], seconds[chosen], level[chosen]


def _harmonics(preset: Preset) -> Drawing:
    """How a decoder shares its sound among harmonics, from its lowest pitch to its highest."""
    low, high = (float(preset.header["pitch"][name]) for name in ("low", "high"))
    pitch = np.geomspace(low, max(high, low * 1.01), 160)
    settled = np.repeat(pitch, 12)  # frames of each pitch, so that what came before is forgotten
    shares = spoken(preset, settled, np.full(len(settled), preset.header["features"]["mean"]))[1][11::12]
    level = 20 * np.log10(shares / shares.max() + 1e-6)

    def paint(axes: Axes) -> None:
        steps = np.geomspace(low, max(high, low * 1.01), 161)
        shown = axes.pcolormesh(
            steps, np.arange(level.shape[1] + 1) + 0.5, level.T, cmap="inferno", vmin=-60, vmax=0, rasterized=True
        )
        frequency_axis(axes, low, max(high, low * 1.01))
        axes.set(xlabel="pitch", ylabel="harmonic")
        axes.grid(False)
        axes.figure.colorbar(shown, ax=axes, pad=0.01, label="dB").outline.set_visible(False)

    words = "How strong each harmonic is, at every pitch of the instrument, at its usual loudness."
    return draw("rings", words, paint)
