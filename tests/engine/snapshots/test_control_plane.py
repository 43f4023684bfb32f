"""Control planes have the energies, the pad and the resonances of the preset."""

import numpy as np

from engine.instruments import make
from engine.snapshots.control_plane import control_plane
from tests.support import ssm_preset
from tests.support.resonance_preset import small_preset
from tests.support.simple_plugins import Organ


def test_a_resonance_is_excited_by_the_dimension_that_reaches_it_most():
    preset = small_preset()
    preset.tensors["router"] = np.float32([[0.1, 0.2], [0.9, 0.3], [0.5, 0.8]])
    preset.tensors["map_pad"] = np.float32([[1, 0], [0, 1], [0.5, 0.5]])
    plane = control_plane(make(preset))
    assert plane.dimensions.tolist() == [1, 2]
    assert plane.energy.tolist() == [1, 1, 1]
    assert plane.pad.tolist() == [[1, 0], [0, 1], [0.5, 0.5]]


def test_a_dimension_of_a_network_is_excited_by_its_energy():
    preset = ssm_preset.preset()
    preset.tensors["energy"] = np.arange(1, 1 + len(preset.tensors["energy"]), dtype=np.float32)
    plane = control_plane(make(preset))
    assert plane.energy.tolist() == preset.tensors["energy"].tolist()
    assert len(plane.dimensions) == 0


def test_without_a_router_or_a_kind_there_is_none():
    preset = small_preset()
    for name in ("router", "control_values", "control_sites"):
        preset.tensors.pop(name, None)
    preset.header.pop("control", None)
    assert control_plane(make(preset)) is None
    assert control_plane(Organ()) is None
