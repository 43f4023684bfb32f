"""Splendid Grand Piano and two electric pianos by their mappings: all notes, layers and ranges."""

import re
from collections import Counter, defaultdict

import pytest

from engine.pitch_and_frequency import parse_note
from train.mapping.mapping_file import read_mapping
from train.mapping.recordings import note_recordings_of
from train.note_names.name_reader import read_names
from train.notes.key_and_dynamic import classify, hear
from train.notes.note_recording import read_note_recordings

GRAND = "splendid-grand/Splendid Grand Piano.sfz"
PIANET = "epianos/Pianet T/Pianet T.sfz"
WURLITZER = "epianos/Wurlitzer EP200/Wurlitzer EP200.sfz"
GRAND_RANGES = {"PP": [(1, 40), (41, 67)], "MP": [(68, 84)], "MF": [(85, 100)], "FF": [(101, 127)]}
"""Velocities of the groups of the grand piano, as its .sfz says."""


def _written_rows(path):
    """File, lowest and highest key, key centre of each region in a text of one region a line."""
    pattern = re.compile(r"lokey=(\d+) hikey=(\d+) pitch_keycenter=(\d+).*sample=(.+?)\.\$EXT")
    return [(name, int(low), int(high), int(centre)) for low, high, centre, name in pattern.findall(path.read_text())]


def test_the_grand_piano_has_all_regions_that_its_files_say(data):
    mapping = read_mapping(data / GRAND)
    rows = Counter(
        (region.path.stem, region.low_key, region.high_key, region.centre, region.low_velocity, region.high_velocity)
        for region in mapping.regions
    )
    expected = Counter(
        (*row, *velocities)
        for name, ranges in GRAND_RANGES.items()
        for velocities in ranges
        for row in _written_rows(data / "splendid-grand" / "Data" / f"{name}.txt")
    )
    assert rows == expected
    assert mapping.left_out.total() == len(_written_rows(data / "splendid-grand" / "Data" / "Res.txt"))
    assert mapping.missing == []
    offsets = {region.path.stem: region.first for region in mapping.regions if region.first}
    assert (offsets["FF C3"], offsets["PP B5"]) == (325, 324)
    assert min(region.pan for region in mapping.regions) == -0.45


def test_the_grand_piano_is_four_layers_named_an_octave_low(data):
    recordings = note_recordings_of(read_mapping(data / GRAND))
    assert {recorded.path for recorded in recordings} == {
        str(path) for path in (data / "splendid-grand").rglob("*.flac")
    }
    layers = defaultdict(set)
    for recorded, name in zip(recordings, read_names([recorded.path for recorded in recordings]), strict=True):
        assert recorded.said.key == name.key + 12
        layers[recorded.said.dynamic].add(name.dynamic)
    assert layers == {
        "velocity 34": {"pianissimo"},
        "velocity 76": {"mezzo-piano"},
        "velocity 92": {"mezzo-forte"},
        "velocity 114": {"fortissimo"},
    }


@pytest.mark.parametrize(
    ("name", "layers", "releases"),
    [(PIANET, {"velocity 42": {"P"}, "velocity 105": {"FF"}}, 16),
     (WURLITZER, {"velocity 19": {"PP"}, "velocity 52": {"MP"}, "velocity 78": {"F"}, "velocity 108": {"FF"}}, 0)],
)  # fmt: skip
def test_the_electric_pianos_have_the_keys_and_layers_of_their_names(data, name, layers, releases):
    mapping = read_mapping(data / name)
    assert len(mapping.regions) - len(mapping.attacks) == releases
    found = defaultdict(set)
    for recorded in note_recordings_of(mapping):
        note, dynamic = re.search(r"([a-gA-G][#b]?\d)_?([pPmMfF]+)\.flac", recorded.name).groups()
        assert recorded.said.key == parse_note(note)
        found[recorded.said.dynamic].add(dynamic.upper())
    assert found == layers
    covered = {key for region in mapping.attacks for key in range(region.low_key, region.high_key + 1)}
    assert covered == set(range(min(covered), max(covered) + 1))


@pytest.mark.verify
def test_the_sound_of_the_grand_piano_agrees_with_its_mapping_and_moves_its_names(data):
    mapped = [recorded for recorded in note_recordings_of(read_mapping(data / GRAND)) if recorded.said.key % 3 == 0]
    infos, messages = classify([hear(recorded, 44100) for recorded in mapped])
    assert [info.key for info in infos] == [recorded.said.key for recorded in mapped]
    assert messages == []
    named = read_note_recordings([recorded.path for recorded in mapped])
    infos, messages = classify([hear(recorded, 44100) for recorded in named])
    assert [info.key for info in infos] == [recorded.said.key for recorded in mapped]
    assert len(messages) == 1
    assert "an octave lower" in messages[0]
