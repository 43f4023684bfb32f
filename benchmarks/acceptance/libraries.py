"""Sample libraries, learned by their mappings: keys, layers and pitches of the instruments."""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.pitch_and_frequency import pitch_of
from engine.preset import preset_file
from engine.reference_output import deviation
from train.mapping.mapping_file import read_mapping
from train.mapping.recordings import note_recordings_of
from train.mapping.region import Mapping, Region

from .row import Row, row_at_least, row_at_most
from .training import run_luthier

LIBRARIES = {
    "Splendid Grand Piano": ("splendid-grand/Splendid Grand Piano.sfz", 4),
    "Pianet T": ("epianos/Pianet T/Pianet T.sfz", 2),
    "Wurlitzer EP200": ("epianos/Wurlitzer EP200/Wurlitzer EP200.sfz", 4),
}
"""Mapping in $LUTHIER_DATA and number of its layers."""
KEY_COUNT, MIN_KEY_COUNT = 12, 2  # of each library that are learned, and at any scale
MAX_CENTS = 40.0  # goal: a piano's highest and lowest keys are stretched
MAX_PROBE_DB = -50.0  # goal: the engine against the model


def measure(scale: float) -> Iterator[Row]:
    """Rows for each library; scale: share of the keys."""
    if not os.environ.get("LUTHIER_DATA"):
        raise ValueError("LUTHIER_DATA does not say where the recordings are")
    data = Path(os.environ["LUTHIER_DATA"])
    with tempfile.TemporaryDirectory() as folder:
        for name, (file, layers) in LIBRARIES.items():
            yield from _rows(
                name, read_mapping(data / file), layers, max(round(scale * KEY_COUNT), MIN_KEY_COUNT), Path(folder)
            )


def _rows(name: str, mapping: Mapping, layers: int, count: int, folder: Path) -> Iterator[Row]:
    """Learn some keys of a library with all their layers."""
    keys = _keys(mapping, layers, count)
    part, path = folder / "part.sfz", folder / f"{name}.luthier"
    part.write_text("\n".join(_line(region) for region in mapping.attacks if region.centre in keys), encoding="utf-8")
    run_luthier("learn", "resonance", str(part), "-o", str(path))
    preset = preset_file.read(path)
    learned = pitch_of(np.asarray(preset.tensors["pitch"], np.float64))
    cents = {key: 100 * float(np.abs(learned - key).min()) for key in keys}
    worst = max(cents, key=lambda key: cents[key])
    yield row_at_least(f"{name}: layers of {len(keys)} keys", preset.tensors["velocity"].shape[1], layers)
    yield row_at_most(f"{name}: learned pitch off", cents[worst], MAX_CENTS, "cents", f"key {worst}")
    yield row_at_most(f"{name}: engine against the model", deviation(preset), MAX_PROBE_DB, "dB")


def _keys(mapping: Mapping, layers: int, count: int) -> list[int]:
    """Some of the keys that have a recording of every layer, spread evenly, or of the keys with most."""
    dynamics = defaultdict(set)
    for recorded in note_recordings_of(mapping):
        if recorded.said.key is not None:
            dynamics[recorded.said.key].add(recorded.said.dynamic)
    whole = sorted(key for key, found in dynamics.items() if len(found) == layers)
    return [whole[i] for i in np.unique(np.linspace(0, len(whole) - 1, count).round().astype(int))]


def _line(region: Region) -> str:
    """A region as SFZ."""
    opcodes = {
        "lokey": region.low_key, "hikey": region.high_key, "pitch_keycenter": region.centre,
        "lovel": region.low_velocity, "hivel": region.high_velocity, "tune": region.cents,
        "volume": region.decibels, "pan": 100 * region.pan, "offset": region.first,
        "amp_veltrack": 100 * region.velocity_tracking,
    }  # fmt: skip
    return f"<region> sample={region.path} " + " ".join(f"{name}={value}" for name, value in opcodes.items())
