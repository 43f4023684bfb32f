"""Learn the factory instruments by their recipes: `python scripts/factory.py [NAME ...] [--say]`, all unless named.

They are written to build/presets: whoever finds one better than what stands in presets/ copies it there. What was
stopped goes on the next time. --say prints the commands and runs none.
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
MADE = ROOT / "build" / "presets"


def recipes() -> dict[str, dict[str, Any]]:
    """The recipe of each instrument by its name."""
    return tomllib.loads(RECIPES.read_text(encoding="utf-8"))


def words(name: str, recipe: dict[str, Any], data: Path) -> list[str]:
    """The words of the command that learns an instrument; data: the folder of recordings.

    ValueError when a recording is missing there.
    """
    recordings = []
    for pattern in recipe["recordings"]:
        file, at, part = pattern.partition("@")
        found = sorted(glob.glob(str(data / file)))
        if not found:
            raise ValueError(f"{name}: there is no {file} in {data}")
        recordings += [path + at + part for path in found]
    told = [f"--{key}={recipe[key]}" for key in ("description", "licence", "attribution")]
    tags = [f"--tag={tag}" for tag in recipe["tags"]]
    said = ["--author=Luthier", *told, *tags, "--resume"]
    return [
        "learn",
        recipe["kind"],
        *recordings,
        "-o",
        str(MADE / f"{name}.luthier"),
        *recipe.get("options", []),
        *said,
    ]


def main() -> int:
    """Run, or say, the commands."""
    known = recipes()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*known, []])
    parser.add_argument("--say", action="store_true")
    args = parser.parse_args()
    if "LUTHIER_DATA" not in os.environ:
        print("set LUTHIER_DATA to the folder of recordings", file=sys.stderr)
        return 2
    MADE.mkdir(parents=True, exist_ok=True)
    for name in args.names or known:
        command = words(name, known[name], Path(os.environ["LUTHIER_DATA"]))
        print(shlex.join(["luthier", *command]) if args.say else f"{name}:", flush=True)
        if not args.say and luthier(command) != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
