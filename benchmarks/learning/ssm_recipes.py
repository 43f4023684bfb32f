"""Our recipe for state-space instruments against the article's: the same steps, sound and loss.

    python -m benchmarks.learning.ssm_recipes RECORDING [--start 10] [--steps 1000] [--seeds 3]
        [-o CURVES.json] [--json]

Both learn 12 s at the article's sizes. Measured are the article's loss without its dither, of the best model of each
run, and frame artifacts: jumps across frame edges and, after a strike, lines one frame rate apart. A run takes
minutes on a core: each is saved to CURVES.json, loss by loss, and is not repeated.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import torch

from benchmarks.support.measurement import Measurement, print_measurements
from export.ssm import render_strikes
from export.training_record import header_config
from train import recording
from train.ssm.config import PUBLISHED, Config
from train.ssm.frame_artifacts import cyclostationarity, edge_jump_ratio
from train.ssm.learn import prepare_segment
from train.ssm.model import StateSpaceModel
from train.ssm.trainer import StateSpaceTrainer

RECIPES = {"ours": Config(), "the article's": PUBLISHED}
START_SECONDS, END_SECONDS = 0.05, 1.0  # seconds after a strike in which frame artifacts are measured
MIN_HZ, LINE_WIDTH_HZ = 60.0, 2.0  # Hz: minimum frequency of a line, and its width
COMBS: dict[str, tuple[str, float | None]] = {
    "comb": ("share of the energy on the comb of the strongest line", 10),
    "sway": ("sway of the autocorrelation with the place in the frame", 10),
    "whole": (
        "energy on whole multiples of the frame rate",
        10,
    ),  # caused by what repeats in every frame
    "energy": ("energy on the comb of the strongest line", None),  # strikes of ours are louder
}


def measure(samples: torch.Tensor, steps: int, seeds: int, curves: Path) -> Iterator[Measurement]:
    """Measure both recipes on samples (N,), means over seeds; runs found in `curves` are not repeated."""
    found = {name: [_load_or_train(samples, name, steps, seed, curves) for seed in range(seeds)] for name in RECIPES}
    first, second = found.values()
    for name, runs in found.items():
        yield Measurement(f"distance by {name} recipe, {steps} steps", mean(run["distance"] for run in runs), "")
    yield Measurement("the article's : ours", _ratio(second, first, "distance"), "×", 1)
    yield Measurement("jump across edges : inside frames, the article's", mean(run["edges"] for run in second), "×")
    yield Measurement(
        "jump across edges : inside frames, ours, worst", max(run["edges"] for run in first), "×", 1.05, True
    )
    for name, (what, goal) in COMBS.items():
        yield Measurement(f"{what}, below the article's", _decibels(second, first, name), "dB", goal)
    worst, best = max(first, key=lambda run: run["comb"]), min(second, key=lambda run: run["comb"])
    yield Measurement("the same share, our worst seed below its best", _decibels([best], [worst], "comb"), "dB", 10)


def train_recipe(samples: torch.Tensor, name: str, steps: int, seed: int) -> dict[str, Any]:
    """Learn by a recipe; return the loss at each step and at the best, and the frame artifacts."""
    trainer = StateSpaceTrainer(samples, replace(RECIPES[name], steps=steps, seed=seed))
    while trainer.fraction_done() < 1:
        trainer.step()
    model = trainer.model
    model.load_state_dict(trainer.best)
    with torch.no_grad():
        sound = model()
        jumps = edge_jump_ratio(sound, model.sizes.frame)
        distances = {"distance": float(trainer.target.loss(sound)), "edges": float(jumps)}
    settings = {"recipe": name, "steps": steps, "seed": seed, "seconds": round(trainer.seconds, 1)}
    return {
        **settings,
        **distances,
        **comb_energies(model),
        "silence": trainer.silence,
        "losses": [round(x, 1) for x in trainer.losses],
    }


def comb_energies(model: StateSpaceModel) -> dict[str, float]:
    """Frame-rate artifacts after a strike, over all used dimensions (train/ssm/frame_artifacts.py).

    The comb of a line lies at all multiples of the frame rate from it and from its mirror image. Lines of the
    recording that lie there by chance count as well.
    """
    with torch.no_grad():
        control, weight, input_matrix, output = (
            value.double().numpy()
            for value in (model.gated_control(), model.recurrence, model.input_matrix(), model.output)
        )
    rate, used, grid = model.sizes.rate, control.any(axis=1), model.sizes.rate / model.sizes.frame
    energy = np.array([np.percentile(row[row > 0], 90) for row in control[used]])
    sound = render_strikes(weight, input_matrix[:, used] * energy, output, int(END_SECONDS * rate))[
        :, int(START_SECONDS * rate) :
    ]
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.shape[1]))) ** 2 / sound.shape[1]
    hertz = np.arange(power.shape[1]) * rate / sound.shape[1]
    power[:, hertz < MIN_HZ] = 0
    strongest = hertz[power.argmax(axis=1)][:, None]
    is_on_comb = (
        np.minimum(_grid_distance(hertz - strongest, grid), _grid_distance(hertz + strongest, grid)) < LINE_WIDTH_HZ
    )
    is_on_comb &= np.abs(hertz - strongest) > grid / 4
    sway_energy, size = cyclostationarity(torch.from_numpy(sound), model.sizes.frame)
    return {
        "comb": float((power * is_on_comb).sum() / power.sum()),
        "sway": float((sway_energy * size).sum() / size.sum()),
        "whole": float(power[:, _grid_distance(hertz, grid) < LINE_WIDTH_HZ].sum(axis=1).mean()),
        "energy": float((power * is_on_comb).sum(axis=1).mean()),
    }


def _grid_distance(hertz: np.ndarray, grid: float) -> np.ndarray:
    """Distance in Hz to the nearest multiple of the frame rate."""
    return np.abs(hertz - np.round(hertz / grid) * grid)


def _load_or_train(samples: torch.Tensor, name: str, steps: int, seed: int, curves: Path) -> dict[str, Any]:
    """A run of these samples by a recipe, read from the file or made and saved."""
    mark = recording.fingerprint([samples.numpy()])
    config = json.loads(json.dumps(header_config(RECIPES[name]), default=str))
    runs: list[dict[str, Any]] = json.loads(curves.read_text()) if curves.is_file() else []
    for known in runs:
        stored_settings = [known.get(key) for key in ("recipe", "steps", "seed", "mark", "config")]
        if stored_settings == [name, steps, seed, mark, config]:
            return known
    run = {**train_recipe(samples, name, steps, seed), "mark": mark, "config": config}
    curves.write_text(json.dumps([*runs, run]))
    return run


def _ratio(above: list[dict[str, Any]], below: list[dict[str, Any]], name: str) -> float:
    """Ratio of the means of a quantity."""
    return mean(run[name] for run in above) / mean(run[name] for run in below)


def _decibels(above: list[dict[str, Any]], below: list[dict[str, Any]], name: str) -> float:
    """The same in dB."""
    return float(10 * np.log10(_ratio(above, below, name)))


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", metavar="FILE")
    parser.add_argument("--start", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("-o", metavar="CURVES.json", dest="curves", type=Path, default=Path("build/recipes.json"))
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    sizes = Config().sizes
    samples, _ = recording.load(args.recording, sizes.rate, args.start, sizes.samples / sizes.rate)
    args.curves.parent.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    mono = prepare_segment(torch.from_numpy(samples.mean(axis=0)), sizes)
    print_measurements(measure(mono, args.steps, args.seeds, args.curves), args.json)


if __name__ == "__main__":
    main()
