"""Closeness to the recording: a state-space network against the exact modes of its linear part.

    python -m benchmarks.learning.ssm_against_linear_modes PRESET RECORDING [--start 10] [--json]

Both play the learned control signal through the engine at the learned rate. Measured are the article's octave loss,
with which the network was learned, and the mean difference of log magnitudes at four resolutions;
each at its best gain, a multiple of 1 dB.
"""

import argparse
from collections.abc import Callable, Iterator

import numpy as np
import torch

from benchmarks.support.measurement import Measurement, print_measurements
from engine.preset.control_performance import performance_seconds
from engine.preset.library import find
from engine.preset.preset_file import Preset, read
from engine.reference_output import render_probe
from export.ssm_as_modes import as_modes
from train import recording
from train.spectral_loss import SpectralTarget
from train.ssm.octave_loss import OctaveTarget

MODE_COUNTS = (256, 64)  # modes per dimension
GAINS_DB = range(-12, 7)  # dB


def measure(network: Preset, samples: np.ndarray) -> Iterator[Measurement]:
    """Measure a network and its modes against samples (N,) at the learned rate."""
    frames = network.header["control"]["frames"] * network.header["control"]["hop"]
    segment = np.pad(samples, (0, max(0, frames - len(samples))))[:frames]
    segment = torch.from_numpy((segment / np.abs(segment).max()).astype(np.float32))
    octave_target, spectral_target = OctaveTarget(segment), SpectralTarget(segment)
    silence = torch.zeros(frames)
    for name, target in (("octaves", octave_target.loss), ("logs", spectral_target.log_loss)):
        yield Measurement(f"silence, {name}", float(target(silence)), "")
    sounds = {
        "the network": network,
        **{f"its modes, {count} a dimension": as_modes(network, count) for count in MODE_COUNTS},
    }
    for what, preset in sounds.items():
        sound = render_probe(preset, {"performance": "learned", "samples": frames})
        yield Measurement(f"{what}, octaves", _min_loss(octave_target.loss, sound), "")
        yield Measurement(f"{what}, logs", _min_loss(spectral_target.log_loss, sound), "")


def _min_loss(distance: Callable[[torch.Tensor], torch.Tensor], sound: np.ndarray) -> float:
    """The least loss of a sound at any gain."""
    with torch.no_grad():
        return min(float(distance(torch.from_numpy(sound * np.float32(10 ** (gain / 20))))) for gain in GAINS_DB)


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", metavar="PRESET")
    parser.add_argument("recording", metavar="RECORDING")
    parser.add_argument("--start", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    network = read(find(args.preset))
    rate = int(network.header["rate"])
    samples, _ = recording.load(args.recording, rate, args.start, performance_seconds(network.header))
    torch.set_num_threads(1)
    print_measurements(measure(network, samples.mean(axis=0)), args.json)


if __name__ == "__main__":
    main()
