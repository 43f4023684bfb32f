"""The factory instruments, learned by their recipes: `python scripts/factory_instruments.py [NAME ...] [--say]`.

All are learned unless some are named. They are written to build/presets, to be compared with those in presets/ and
copied there by hand. Interrupted runs are resumed by the next one. --say prints the commands without running them.
"""

import argparse
import glob
import os
import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

from cli.main import main as luthier

ROOT = Path(__file__).parent.parent
RECIPES = ROOT / "presets" / "recipes.toml"
OUTPUT = ROOT / "build" / "presets"


def recipes() -> dict[str, dict[str, Any]]:
    """Recipe of each instrument by its name."""
    return tomllib.loads(RECIPES.read_text(encoding="utf-8"))


def command(name: str, recipe: dict[str, Any], data: Path) -> list[str]:
    """Command line that learns an instrument; data: folder of recordings. ValueError when a recording is missing."""
    recordings = []
    for pattern in recipe["recordings"]:
        file, separator, excerpt = pattern.partition("@")
        paths = sorted(glob.glob(str(data / file)))
        if not paths:
            raise ValueError(f"{name}: there is no {file} in {data}")
        recordings += [path + separator + excerpt for path in paths]
    texts = [f"--{key}={recipe[key]}" for key in ("description", "licence", "attribution", "redistribution")]
    tags = [f"--tag={tag}" for tag in recipe["tags"]]
    metadata = ["--author=Luthier", *texts, *tags, "--resume", "--replace"]
    output = ["-o", str(OUTPUT / f"{name}.luthier")]
    return ["learn", recipe["kind"], *recordings, *output, *recipe.get("options", []), *metadata]


def main() -> int:
    """Run or print the commands."""
    all_recipes = recipes()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*all_recipes, []])
    parser.add_argument("--say", action="store_true")
    args = parser.parse_args()
    if "LUTHIER_DATA" not in os.environ:
        print("set LUTHIER_DATA to the folder of recordings", file=sys.stderr)
        return 2
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name in args.names or all_recipes:
        arguments = command(name, all_recipes[name], Path(os.environ["LUTHIER_DATA"]))
        print(shlex.join(["luthier", *arguments]) if args.say else f"{name}:", flush=True)
        if not args.say and luthier(arguments) != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
