"""The image of an instrument: its standard chain, prepared for a rate, as the shell plays it."""

from collections.abc import Mapping, Sequence

from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.midi.interpreter import Interpreter
from engine.plugin import Plugin
from engine.simd.vectors import LANES

from .function_table import record_digest
from .image import Tables, make_image
from .image_file import RatedImage, image_params

RATES = (44_100, 48_000)
"""Rates in Hz of images; the shell converts to others."""


def make_standard_plugins(chain: Sequence[Plugin], rate: float) -> list[Plugin]:
    """[main thread] A chain between interpreter, limiter and volume, prepared for a rate, its controllers routed."""
    head, volume = Interpreter(), Volume()
    plugins = [head, *chain, Limiter(), volume]
    for plugin in plugins:
        plugin.prepare(rate)
    head.set_map([*chain, volume], {})
    return plugins


def make_rated_image(
    chain: Sequence[Plugin], rate: int, tables: Tables, values: Mapping[tuple[Plugin, str], float] | None = None
) -> RatedImage:
    """[main thread] The image of a chain at a rate, for the registers of this processor. ImageError.

    values: of parameters, by plugin and name, that differ from what the instrument has learned.
    """
    plugins = make_standard_plugins(chain, float(rate))
    image = make_image(plugins, tables)
    return RatedImage(image, record_digest(), LANES, rate, image_params(plugins, image, values or {}))
