"""docs/extending.md, followed to the letter: its files written into a copy of the tree, its commands run there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).parent.parent
FOLDERS = (
    "benchmarks",
    "cli",
    "docs",
    "engine",
    "examples",
    "export",
    "gui",
    "presets",
    "scripts",
    "session",
    "tests",
    "train",
)
PRESETS = ("guitar.luthier", "demo.mid")
NEW, EDIT = re.compile(r"^New file `([^`]+)`"), re.compile(r"^(?:One line|\w+ lines) more in `([^`]+)`")


@dataclass
class Section:
    """What a section of the text asks for."""

    new: dict[str, str] = field(default_factory=dict)
    edits: dict[str, str] = field(default_factory=dict)
    commands: list[list[str]] = field(default_factory=list)


def sections():
    """The sections of the text, by heading."""
    found, target = {}, None
    parts = re.split(
        r"^```(\w+)\n(.*?)^```\n", (ROOT / "docs" / "extending.md").read_text(encoding="utf-8"), flags=re.M | re.S
    )
    for text, language, block in zip(parts[::3], [*parts[1::3], ""], [*parts[2::3], ""], strict=True):
        for line in text.splitlines():
            if line.startswith("## "):
                section = found.setdefault(line.removeprefix("## "), Section())
            target = NEW.match(line) or EDIT.match(line) or target
        if language == "sh":
            section.commands += map(shlex.split, block.splitlines())
        elif language == "diff":
            section.edits[target[1]] = block
        elif language:
            section.new[target[1]] = block
    return found


def edited(text, diff):
    """A file after the lines of a diff: context, lines that go and lines that come, in their order."""
    lines, at = text.splitlines(), 0
    for line in diff.splitlines():
        sign, rest = line[0], line[1:]
        if sign == "+":
            lines.insert(at, rest)
            at += 1
        else:
            at = lines.index(rest, at)
            if sign == "-":
                del lines[at]
            else:
                at += 1
    return "\n".join(lines) + "\n"


FEWER_PARAMETERS = (
    ("one", (('    Param("level",', '    # Param("level",'), ("LEVEL, RELEASE = ", "(RELEASE,) = "),
        ("gain_of(state.param[LEVEL])", "np.float32(1)"))),
    ("none", (('    Param("release",', '    # Param("release",'), ("(RELEASE,) = range(len(PARAMS))\n", ""),
        ("max(state.param[RELEASE], np.float32(0.02))", "np.float32(0.3)"))),
)  # fmt: skip


def write_kinds_with_fewer_parameters(copy):
    """Write the kind of the text again with one parameter, `one`, and with no parameter, `none`."""
    files = ["engine/kinds/tine.py", "engine/instruments/tine/__init__.py", "engine/instruments/tine/instrument.py"]
    texts = {name: (copy / name).read_text(encoding="utf-8") for name in files}
    registry = (copy / "engine/kinds/registry.py").read_text(encoding="utf-8")
    for kind, edits in FEWER_PARAMETERS:
        for old, new in edits:
            assert old in texts[files[2]]
            texts[files[2]] = texts[files[2]].replace(old, new)
        for name, text in texts.items():
            path = copy / name.replace("tine", kind)
            path.parent.mkdir(exist_ok=True)
            renamed = text.replace('name="tine"', f'name="{kind}"').replace('"kind": "tine"', f'"kind": "{kind}"')
            path.write_text(re.sub(r"\b(instruments|kinds)\.tine\b", rf"\1.{kind}", renamed), encoding="utf-8")
        registry = registry.replace(", tine", f", tine, {kind}", 1).replace("tine.KIND,", f"tine.KIND, {kind}.KIND,")
    (copy / "engine/kinds/registry.py").write_text(registry, encoding="utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the sources, with all files of the text written and all its edits applied."""
    copy, names = tmp_path_factory.mktemp("extending") / "luthier", ["git", "ls-files", "-co", "--exclude-standard"]
    for name in subprocess.run(names, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines():
        source = ROOT / name
        heavy = name.startswith("presets/") and source.suffix != ".py" and source.name not in PRESETS
        if source.is_file() and not heavy and (name.split("/")[0] in FOLDERS or name == "pyproject.toml"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy / name)
    for section in sections().values():
        for name, text in section.new.items():
            assert not (copy / name).exists(), f"{name} is not new"
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_text(text, encoding="utf-8")
        for name, diff in section.edits.items():
            (copy / name).write_text(edited((copy / name).read_text(encoding="utf-8"), diff), encoding="utf-8")
    write_kinds_with_fewer_parameters(copy)
    return copy


def run(tree, words):
    """Run a command of the text in the copy; what is installed goes to a folder beside it."""
    site = tree.parent / "site"
    command = {
        "luthier": [sys.executable, "-m", "cli.main", *words[1:]],
        "python": [sys.executable, *words[1:]],
        "pytest": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words[1:]],
        "pip": [sys.executable, "-m", "pip", *words[1:], "--no-index", "--no-deps", "--target", str(site)],
    }[words[0]]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA", "PYTEST"))}
    environment |= {
        "PYTHONPATH": os.pathsep.join([str(tree), str(site)]),
        "XDG_CACHE_HOME": str(tree.parent / "cache"),
        "XDG_CONFIG_HOME": str(tree.parent / "config"),
        "XDG_DATA_HOME": str(tree.parent / "data"),
    }
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(words)}:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_a_new_effect_edits_one_file_and_a_new_kind_at_most_two():
    found = sections()
    assert len(found["An effect"].edits) == 1
    assert len(found["A kind of instrument"].edits) <= 2
    assert not found["A source of events"].edits
    assert not found["A plugin of your own"].edits


@pytest.mark.verify  # compiles the engine anew
def test_all_that_the_text_shows_is_built_and_plays(tree):
    for heading, section in sections().items():
        assert section.commands, heading
        for words in section.commands:
            said = run(tree, words)
            if words[0] == "pytest":
                assert " passed" in said
                assert "skipped" not in said
    sounds = {name: soundfile.read(tree / f"{name}.wav")[0] for name in ("ringmod", "tine", "metronome", "swap")}
    for name, sound in sounds.items():
        assert sound.shape == (96_000, 2), name
        assert 0.01 < np.abs(sound).max() <= 1, name
    for strike in range(0, 96_000, 24_000):
        assert np.abs(sounds["metronome"][strike : strike + 2400]).max() > 0.01
    assert "decaying sines" in run(tree, ["luthier", "show", "tine.luthier"])


@pytest.mark.verify  # as above
def test_a_new_kind_plays_in_the_window_even_with_one_parameter_or_none(tree):
    if shutil.which("jackd") is None or shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb and jackd")
    run(tree, ["python", "scripts/tine.py"])
    script = (tree / "scripts" / "tine.py").read_text(encoding="utf-8")
    kinds = ("tine", *(kind for kind, _ in FEWER_PARAMETERS))
    for kind in kinds[1:]:
        (tree / "scripts" / f"{kind}.py").write_text(script.replace("tine", kind), encoding="utf-8")
        run(tree, ["python", f"scripts/{kind}.py"])
    said = run(tree, ["python", "-m", "tests.support.new_kind_child", *(f"{kind}.luthier" for kind in kinds)])
    tasks = ["look", "strike", "learn_midi", "change_chain", "undo_all"]
    assert said.split() == [word for kind in kinds for word in (kind, *tasks)]
