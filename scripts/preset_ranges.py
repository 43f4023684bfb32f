"""The range of pitch and of keys of factory instruments, found anew: `python -m scripts.preset_ranges NAME ...`.

For instruments that follow a voice. The recordings of the recipe are analysed as for learning, and the preset in
presets/ is written with `pitch` and `keys` as they are found now; its weights and the rest of its header stay.
"""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from cli.recording_part import parse_part
from engine.preset.preset_file import Preset, read, write
from export.ddsp import key_range
from scripts.factory_instruments import RECIPES, command, recipes
from train.ddsp.config import Sizes
from train.ddsp.dataset import load_dataset


def main() -> int:
    """Write the presets that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = {name: recipe for name, recipe in recipes().items() if recipe["kind"] == "ddsp"}
    parser.add_argument("names", nargs="+", metavar="NAME", choices=list(known))
    args = parser.parse_args()
    if "LUTHIER_DATA" not in os.environ:
        print("set LUTHIER_DATA to the folder of recordings", file=sys.stderr)
        return 2
    for name in args.names:
        path = RECIPES.parent / f"{name}.luthier"
        preset = read(path)
        texts = [text for text in command(name, known[name], Path(os.environ["LUTHIER_DATA"])) if _is_recording(text)]
        sizes = replace(Sizes(), rate=preset.header["rate"], hop=preset.header["hop"])
        dataset = load_dataset([parse_part(text) for text in texts], sizes)
        pitch = {"low": round(dataset.low, 2), "high": round(dataset.high, 2)}
        write(path, Preset({**preset.header, "pitch": pitch, "keys": key_range(dataset)}, preset.tensors))
        print(f"{name}: {pitch} in place of {preset.header['pitch']}, {key_range(dataset)}", flush=True)
    return 0


def _is_recording(text: str) -> bool:
    """Whether a word of a command is one of its recordings."""
    return text.startswith(os.environ["LUTHIER_DATA"])


if __name__ == "__main__":
    sys.exit(main())
