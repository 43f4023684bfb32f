"""A voice that arrives at another rate than the instrument plays at, on a page; run by node."""

import json
import subprocess

import numpy as np
import pytest

from export.package_files import PackageFiles

PIECE = 128  # samples
RUN = """
const converter = new RateConverter(FROM, TO), out = [];
for (let i = 0; i < input.length; i += PIECE) {
  converter.push(input.slice(i, i + PIECE));
  if (i / PIECE % SKIPPED) continue;
  while (out.length / TO < i / FROM) {
    const block = new Float32Array(PIECE);
    converter.pull(block);
    out.push(...block);
  }
}
console.log(JSON.stringify(out));
"""


def convert(sound, rate, to, skipped=1):
    """A sound at a rate as it comes out at another; skipped: pieces that arrive together."""
    script = PackageFiles("export.page").text("rate_converter.js")
    values = (
        f"const FROM = {rate}, TO = {to}, PIECE = {PIECE}, SKIPPED = {skipped}, input = {json.dumps(sound.tolist())};"
    )
    done = subprocess.run(["node", "-"], input=script + values + RUN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return np.array(json.loads(done.stdout))


@pytest.mark.parametrize("rates", [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000), (16_000, 48_000)])
@pytest.mark.parametrize("skipped", [1, 3])
def test_a_tone_keeps_its_frequency_and_level_and_has_no_hole(rates, skipped):
    rate, to = rates
    sound = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    heard = convert(sound, rate, to, skipped)
    steady = heard[round(0.1 * to) : round(0.9 * to)]
    time = np.arange(len(steady)) / to
    basis = np.stack([np.sin(2 * np.pi * 440 * time), np.cos(2 * np.pi * 440 * time)])
    fitted, residual, *_ = np.linalg.lstsq(basis.T, steady, rcond=None)
    assert np.hypot(*fitted) == pytest.approx(0.5, rel=0.01)
    assert residual[0] < 1e-4 * (steady**2).sum()


def test_it_is_silent_until_there_is_enough():
    heard = convert(np.ones(4410), 44_100, 48_000)
    first = np.flatnonzero(heard)[0] / 48_000
    assert 0 <= first < 0.02
    assert np.abs(heard).max() < 1.2
