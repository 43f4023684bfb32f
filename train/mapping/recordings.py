"""The recordings to learn of a mapping: each once, with its key and the layer in which it sounds."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from train.note_names.dynamics import velocity_label
from train.note_names.name_reader import NamedNote, read_names
from train.notes.note_recording import NoteRecording

from .region import Mapping, Region

SOURCE = "the mapping"

Recording = tuple[str, int | None, int, int | None]
"""What makes two regions play the same: path, key centre, first and last frame."""


@dataclass
class _Stack:
    """What sounds at one key: for each range of velocities the recordings, soft to loud; takes together."""

    ranges: dict[Recording, tuple[int, int]] = field(default_factory=dict)

    def add(self, region: Region) -> None:
        """Add a region; neighbouring ranges of one recording are one."""
        low, high = self.ranges.get(_recording(region), (region.low_velocity, region.high_velocity))
        self.ranges[_recording(region)] = (min(low, region.low_velocity), max(high, region.high_velocity))

    def layers(self) -> list[tuple[tuple[int, int], list[Recording]]]:
        """Ranges of velocities, soft to loud, with their recordings."""
        by_range: dict[tuple[int, int], list[Recording]] = defaultdict(list)
        for recording, velocities in self.ranges.items():
            by_range[velocities].append(recording)
        return sorted(by_range.items(), key=lambda layer: sum(layer[0]))


def note_recordings_of(mapping: Mapping) -> list[NoteRecording]:
    """The recordings of a mapping that sound when a key is struck, in the order of their first regions.

    Their dynamics are the middle velocities of the layers that most keys have.
    """
    regions: dict[Recording, list[Region]] = defaultdict(list)
    for region in mapping.attacks:
        regions[_recording(region)].append(region)
    layer_of, velocities = _layers(mapping.attacks)
    for recording, group in regions.items():
        if sum(_low(group) <= velocity <= _high(group) for velocity in velocities) > 1:
            layer_of.pop(recording, None)  # it stands in for others too: its own layer is asked for below
    _place_others(regions, layer_of, velocities)
    return [_note_recording(group, layer_of[recording], velocities) for recording, group in regions.items()]


def _layers(regions: Sequence[Region]) -> tuple[dict[Recording, int], list[float]]:
    """Layers of the recordings at keys with the usual number of layers, and the middle velocity of each layer."""
    stacks: dict[int, _Stack] = defaultdict(_Stack)
    for region in regions:
        for key in range(region.low_key, region.high_key + 1):
            stacks[key].add(region)
    by_key = [stack.layers() for stack in stacks.values()]
    counts = Counter(len(layers) for layers in by_key)
    usual = max(counts, key=lambda count: (counts[count], count))
    whole = [layers for layers in by_key if len(layers) == usual]
    votes: dict[Recording, Counter[int]] = defaultdict(Counter)
    for layers in whole:
        for place, (_, recordings) in enumerate(layers):
            for recording in recordings:
                votes[recording][place] += 1
    middles = [statistics.median(sum(layers[place][0]) / 2 for layers in whole) for place in range(usual)]
    return {recording: counter.most_common(1)[0][0] for recording, counter in votes.items()}, middles


def _place_others(
    regions: Table[Recording, Sequence[Region]], layer_of: dict[Recording, int], velocities: Sequence[float]
) -> None:
    """Give the other recordings the layer of those with the same dynamic in their names, else the nearest."""
    names = read_names([recording[0] for recording in regions])
    dynamic_of = {recording: name.dynamic for recording, name in zip(regions, names, strict=True)}
    usual: dict[str | None, Counter[int]] = defaultdict(Counter)
    for recording, layer in layer_of.items():
        usual[dynamic_of[recording]][layer] += 1
    for recording, group in regions.items():
        if recording in layer_of:
            continue
        middle = (_low(group) + _high(group)) / 2
        dynamic = dynamic_of[recording]
        nearest = int(np.argmin([abs(middle - velocity) for velocity in velocities]))
        layer_of[recording] = usual[dynamic].most_common(1)[0][0] if dynamic and usual[dynamic] else nearest


def _note_recording(group: Sequence[Region], layer: int, velocities: Sequence[float]) -> NoteRecording:
    """What is learned of the regions that play one recording."""
    region = group[0]
    keys = () if region.centre is None else (min(max(region.centre, 0), 127),)
    velocity = velocities[layer]
    dynamic = velocity_label(velocity) if len(velocities) > 1 else None
    followed = 1 - region.velocity_tracking * (1 - (velocity / 127) ** 2)
    return NoteRecording(
        str(region.path),
        NamedNote(str(region.path), keys, dynamic, source=SOURCE),
        region.first,
        region.last,
        region.cents,
        region.decibels + (20 * float(np.log10(max(followed, 1e-4))) if len(velocities) > 1 else 0.0),
        region.pan,
    )


def _low(group: Sequence[Region]) -> int:
    return min(region.low_velocity for region in group)


def _high(group: Sequence[Region]) -> int:
    return max(region.high_velocity for region in group)


def _recording(region: Region) -> Recording:
    return str(region.path), region.centre, region.first, region.last
