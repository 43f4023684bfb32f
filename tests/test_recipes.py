"""Recipes of the factory instruments: one for each, consistent with its preset and accepted by the command."""

import argparse
import importlib.util
from pathlib import Path

import pytest

from cli.learn import command
from engine.preset.library import factory_folder
from engine.preset.preset_file import read

SCRIPT = Path(__file__).parent.parent / "scripts" / "factory_instruments.py"


@pytest.fixture(scope="module")
def factory():
    spec = importlib.util.spec_from_file_location("factory_instruments", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def headers():
    """Headers of all factory instruments."""
    return [read(path).header for path in sorted(factory_folder().glob("*.luthier"))]


@pytest.mark.parametrize("header", headers(), ids=lambda header: header["name"])
def test_every_factory_instrument_has_a_recipe_that_matches_its_preset(factory, header):
    recipe = factory.recipes()[header["name"]]
    assert (recipe["description"], recipe["licence"]) == (header["description"], header["licence"])
    assert (recipe["attribution"], recipe["tags"]) == (header["source"]["attribution"], header["tags"])


def test_every_recipe_makes_a_valid_command_with_existing_recordings(factory, data):
    for name, recipe in factory.recipes().items():
        parser = argparse.ArgumentParser(exit_on_error=False)
        command.add_arguments(parser)
        args = parser.parse_args(factory.command(name, recipe, data)[1:])
        assert (args.kind, args.author, Path(args.output).stem) == (recipe["kind"], "Luthier", name)
        assert all(Path(path.partition("@")[0]).is_file() for path in args.recordings)


def test_a_missing_recording_is_named(factory, tmp_path):
    with pytest.raises(ValueError, match="guitar: there is no guitar/"):
        factory.command("guitar", factory.recipes()["guitar"], tmp_path)
