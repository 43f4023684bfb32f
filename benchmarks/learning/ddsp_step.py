"""CPU time of a step of learning a decoded instrument at the full band, beside one at 16 kHz.

    python -m benchmarks.learning.ddsp_step [--json]

On one thread, from noise in place of a recording, as the time of a step does not depend on what is learned.
"""

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

import torch

from benchmarks.support.measurement import Measurement, print_measurements
from train.ddsp.config import Config, Sizes, sizes_at
from train.ddsp.dataset import Dataset
from train.ddsp.learn import keep_freed_memory, make_fabric
from train.ddsp.random_clips import Segment
from train.ddsp.synthesis import phase_in_cycles
from train.ddsp.trainer import DdspTrainer

FRAMES, LOW_HZ, HIGH_HZ = 3000, 196.0, 1200.0  # of the noise, and the range of a violin
ROUNDS, WARM_UP_STEPS = 5, 2
MAX_RATIO = 1.35  # of steps at both rates; 16 kHz alone took 1.35 times as long before both were made faster


def measure() -> Iterator[Measurement]:
    """Seconds of a step at 16 and at 44.1 kHz, with as many harmonics as each has, and their ratio."""
    torch.set_num_threads(1)
    keep_freed_memory()
    trainers = {rate: _make_trainer(rate) for rate in (16_000, 44_100)}
    seconds: dict[int, list[float]] = {rate: [] for rate in trainers}
    for number in range(WARM_UP_STEPS + ROUNDS):
        for rate, trainer in trainers.items():
            start = time.process_time()
            trainer.step()
            if number >= WARM_UP_STEPS:
                seconds[rate].append(time.process_time() - start)
    medians = {rate: statistics.median(times) for rate, times in seconds.items()}
    for rate, median in medians.items():
        yield Measurement(f"a step at {rate / 1000:g} kHz", median, "s of CPU")
    yield Measurement("44.1 kHz : 16 kHz", medians[44_100] / medians[16_000], "×", MAX_RATIO, goal_is_max=True)


def _make_trainer(rate: int) -> DdspTrainer:
    sizes: Sizes = replace(sizes_at(rate), harmonics=round(rate / 2 / LOW_HZ))
    generator = torch.Generator().manual_seed(0)
    pitch = torch.linspace(LOW_HZ, HIGH_HZ, FRAMES + 1)
    sound = 0.1 * torch.randn(FRAMES * sizes.hop, generator=generator)
    segment = Segment(sound, pitch, torch.full_like(pitch, -20.0), phase_in_cycles(pitch, rate, sizes.hop))
    dataset = Dataset([segment], [], -20.0, 5.0, LOW_HZ, HIGH_HZ, 1.0, [])
    return DdspTrainer(dataset, Config(sizes=sizes), make_fabric())


if __name__ == "__main__":
    print_measurements(measure())
