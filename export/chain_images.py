"""The images of a patch for several rates and widths of registers, their tables shared.

numba makes code for one processor in a process, and the layout of an image follows its registers: so each width is
made by a process of its own, chain_worker.py.
"""

import os
import pickle
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.image.chain_image import make_rated_image
from engine.image.image import IN_TABLES, ImageError, Tables
from engine.image.image_file import RatedImage
from engine.kernel.library import ISA_FLAG, NO_LIBRARY
from session.patch import Chain, Patch

MAX_IMAGE_BYTES = 20_000_000
"""Of an image for one rate, with its tables."""
LAYOUTS = {8: "x86-64-v3", 4: "x86-64-v2"}
"""Processor for which numba makes an image, by its float32 in a register."""


@dataclass(frozen=True)
class ImageSet:
    """Images that share tables; description: what a page shows of the first of them."""

    images: list[RatedImage]
    tables: Tables
    description: dict[str, Any] = field(default_factory=dict)

    def select(self, rates: Sequence[int]) -> "ImageSet":
        """Those of some rates in Hz, with the tables that they use."""
        kept = [rated for rated in self.images if rated.rate in rates]
        places = [place for place, _ in self.tables.parts]
        targets = {each.target for rated in kept for each in rated.image.relocations if each.kind == IN_TABLES}
        used = {bisect_right(places, target) - 1 for target in targets}
        tables = Tables()
        moved = {number: tables.add_bytes(self.tables.parts[number][1]) for number in sorted(used)}
        return ImageSet([_moved(rated, places, moved) for rated in kept], tables, self.description)


def make_images(patch: Patch, rates: Sequence[int], lanes: Sequence[int], follow_voice: bool) -> ImageSet:
    """The images of a patch for all rates in Hz and widths of registers, each width made by a process of its own.

    ImageError, ValueError or OSError give the reason in one line.
    """
    if patch.chain is not None and patch.chain.layer is not None:
        raise ImageError("this patch has a second instrument: only one can be exported, so save the patch without it")
    sets = [_run(patch, rates, each, follow_voice) for each in lanes]
    for each in sets:
        _check_size(each, rates)
    return merge(sets)


def _check_size(made: ImageSet, rates: Sequence[int]) -> None:
    """ImageError, one line, if an image of one rate is larger than MAX_IMAGE_BYTES."""
    for rate in rates:
        part = made.select([rate])
        size = part.tables.size + sum(len(rated.image.memory) for rated in part.images)
        if size > MAX_IMAGE_BYTES:
            raise ImageError(
                f"{made.description['name']} takes {size / 1e6:.0f} MB at {rate / 1000:g} kHz, and at most "
                f"{MAX_IMAGE_BYTES / 1e6:.0f} MB can be exported: a shorter room or fewer effects may help"
            )


def make_set(patch: Patch, rates: Sequence[int], follow_voice: bool) -> ImageSet:
    """[main thread] The images of a patch for the registers of this process. Errors as of `make_images`."""
    from export.page.description import describe
    from session import rack

    tables, images = Tables(), []
    description: dict[str, Any] = {}
    for rate in rates:
        made, problems = rack.build(patch.path, patch.chain or Chain(), follow_voice, 0)
        if problems:
            raise ValueError(str(problems[0]))
        values = {
            (parameter.plugin, parameter.param.name): patch.values[parameter.name]
            for parameter in made.parameters
            if parameter.name in patch.values
        }
        images.append(make_rated_image(made.plugins, rate, tables, values))
        description = description or describe(made, images[0])
    return ImageSet(images, tables, description)


def merge(sets: Sequence[ImageSet]) -> ImageSet:
    """All images of several sets, their tables once."""
    tables, images = Tables(), []
    for each in sets:
        places = [place for place, _ in each.tables.parts]
        moved = dict(enumerate(tables.add_bytes(data) for _, data in each.tables.parts))
        images += [_moved(rated, places, moved) for rated in each.images]
    return ImageSet(images, tables, sets[0].description)


def _moved(rated: RatedImage, places: Sequence[int], moved: Mapping[int, int]) -> RatedImage:
    """An image whose tables have moved. places: of all tables, before; moved: their places now, by number."""
    relocations = []
    for relocation in rated.image.relocations:
        if relocation.kind == IN_TABLES:
            part = bisect_right(places, relocation.target) - 1
            relocation = replace(relocation, target=moved[part] + relocation.target - places[part])
        relocations.append(relocation)
    return replace(rated, image=replace(rated.image, relocations=relocations))


def _run(patch: Patch, rates: Sequence[int], lanes: int, follow_voice: bool) -> ImageSet:
    """The images for one width of registers, from another process."""
    request = pickle.dumps((patch, list(rates), follow_voice))
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CPU_FEATURES"}
    if environment.get(ISA_FLAG) != NO_LIBRARY:
        environment.pop(ISA_FLAG, None)  # the processor's name says the same
    environment |= {"NUMBA_CPU_NAME": LAYOUTS[lanes], "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "export.chain_worker"]
    told = subprocess.run(command, input=request, env=environment, stdout=subprocess.PIPE, check=False)
    if told.returncode:
        raise RuntimeError(f"the images for {LAYOUTS[lanes]} could not be made")
    result = pickle.loads(told.stdout)
    if isinstance(result, Exception):
        raise result
    assert isinstance(result, ImageSet)
    return result
