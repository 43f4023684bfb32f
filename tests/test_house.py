"""House rules that no linter checks (docs/house-style.md)."""

import ast
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from engine.kinds import KINDS

ROOT = Path(__file__).parent.parent
FOLDERS = ("engine", "session", "gui", "export", "train", "cli", "shell", "benchmarks")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
COMPILED = {"njit", "cfunc", "intrinsic", "overload", "overload_method", "generated_jit", "vectorize"}


def decorators(function: ast.FunctionDef) -> dict[str, dict[str, object]]:
    """The constant keywords of each decorator by its name."""
    found = {}
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        found[name] = {word.arg: getattr(word.value, "value", None) for word in keywords}
    return found


def functions(tree: ast.AST, compiled: bool = False):
    """Every function with whether it may be a kernel: compiled by numba, or made inside another function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node, compiled or bool(COMPILED & decorators(node).keys())
        yield from functions(node, compiled or isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_python_functions_have_hints_and_kernels_are_compiled_alike(path):
    for function, compiled in functions(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        if not compiled and not function.name.startswith("_"):
            arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            bare = [argument.arg for argument in arguments if argument.annotation is None]
            assert set(bare) <= {"self", "cls"}, f"{where} has no hint for {bare}"
            assert function.returns, f"{where} does not say what it returns"
        for name in ("njit", "cfunc"):
            keywords = decorators(function).get(name)
            if keywords is not None:
                assert keywords.get("error_model") == "numpy", f"{where} is not compiled with error_model='numpy'"
                fast = keywords.get("fastmath") and (ROOT / "engine") in path.parents
                assert "dsp" in path.parts or not fast, f"{where} has fastmath outside dsp"


MAX_FILES_IN_FOLDER = 25
STANDARD_NOUNS = """
ring string tuning recording listing matching pretraining routing mixing setting training tracking timing mapping
seed speed feed bed embed thread spread need
"""  # words that look like gerunds or participles, and are nouns of the field
PARTICIPLES = """
begun bound built caught chosen done drawn driven due felt found given gone grown heard held kept known laid learnt
left lost made meant met said seen sent shown spoken struck sung taken taught thought told torn warm written
"""
SUPERLATIVES = {"MOST", "LEAST", "TOGETHER", "OFTEN", "SELDOM", "MANY", "FEW", "ENOUGH", "PATIENCE", "TOO_MUCH"}


def tracked(pattern: str) -> list[Path]:
    """The files of the repository that match, those not yet committed too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    return [Path(name) for name in listed if name and (ROOT / name).exists()]


def test_files_are_named_by_nouns():
    def is_participle(word: str) -> bool:
        return word not in STANDARD_NOUNS.split() and (word.endswith(("ing", "ed")) or word in PARTICIPLES.split())

    production = [path for path in tracked("*.py") if path.parts[0] != "tests"]
    odd = [str(path) for path in production if any(map(is_participle, path.stem.split("_")))]
    assert not odd


def test_no_folder_holds_more_files_than_one_can_survey():
    counts = Counter(path.parent for path in tracked("*.py"))
    assert {str(folder): count for folder, count in counts.items() if count > MAX_FILES_IN_FOLDER} == {}


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.name == "__init__.py"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_packages_hold_re_exports_and_lists_only(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        listing = isinstance(node, ast.Assign | ast.AnnAssign)
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        assert listing or text or isinstance(node, ast.Import | ast.ImportFrom), f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_constants_say_a_quantity_and_imports_stay_in_their_folder(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id.isupper():
            word = node.id.lstrip("_")
            bare = word in SUPERLATIVES or (word.endswith("EST") and "_" not in word)
            assert not bare, f"{where}: {node.id} does not say of what"
        if isinstance(node, ast.ImportFrom):
            assert node.level < 2, f"{where}: import from another folder by its full name"


KIND_FILES = (
    "engine/kinds/", "engine/instruments/{kind}/", "engine/snapshots/{kind}.", "train/{kind}/", "export/{kind}",
    "export/onnx/{kind}.", "export/report/kind_plots/{kind}.", "cli/learn/{kind}.", "benchmarks/",
)  # fmt: skip
"""Beginnings of the paths of files that are about one kind."""


def named_kinds(tree: ast.AST) -> list[tuple[int, str]]:
    """Where kinds are told apart by name, or their declarations and instruments imported: line and kind.

    A single key `events` is left out: it is an English word, and a field of score files.
    """
    found = []
    for node in ast.walk(tree):
        constants: list[ast.expr | None] = []
        if isinstance(node, ast.Compare):
            constants = [node.left, *node.comparators]
            constants += [each for side in constants for each in getattr(side, "elts", ())]
        elif isinstance(node, ast.MatchValue):
            constants = [node.value]
        elif isinstance(node, ast.Dict):
            constants = [key for key in node.keys if getattr(key, "value", None) != "events"]
        elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "KINDS":
            constants = [node.slice]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple | ast.List | ast.Set):
            constants = list(node.value.elts)
        names = [constant.value for constant in constants if isinstance(constant, ast.Constant)]
        if isinstance(node, ast.ImportFrom) and node.module == "engine.kinds":
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            folder, _, module = str(node.module).rpartition(".")
            package, _, kind = folder.rpartition(".")
            names = [module] if folder in ("engine.kinds", "engine.snapshots") else []
            names += [kind] if (package, module) == ("engine.instruments", "instrument") else []
        found += [(node.lineno, name) for name in names if name in KINDS]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_kinds_are_told_apart_by_what_they_declare(path):
    name = path.relative_to(ROOT).as_posix()
    odd = [
        f"{name}:{line}: {kind}"
        for line, kind in named_kinds(ast.parse(path.read_text(encoding="utf-8")))
        if not name.startswith(tuple(beginning.format(kind=kind) for beginning in KIND_FILES))
    ]
    assert not odd


@pytest.mark.parametrize(
    "code",
    [
        'if kind == "ddsp": pass', 'found = kind in ("ssm", "events")', 'made = {"resonance": 1}', 'KINDS["events"]',
        'PARTS = ("resonance",)', "from engine.kinds import ssm", "from engine.kinds.ddsp import KIND",
        "from engine.instruments.ddsp.instrument import Ddsp", 'match kind:\n    case "events": pass',
    ],
)  # fmt: skip
def test_a_kind_told_apart_by_name_is_found(code):
    assert named_kinds(ast.parse(code))


PACKAGES = {path.parts[0] for path in tracked("*.py") if len(path.parts) > 1}
UNTYPED = [
    path for path in tracked("*.py") if path.parts[0] in ("tests", "benchmarks", "scripts")
]  # most without hints


def module_file(name: str) -> Path | None:
    """The file of a module of the project, the folder of a package without code; None when there is none."""
    place = ROOT.joinpath(*name.split("."))
    candidates = (place.with_suffix(".py"), place / "__init__.py", place)
    return next((path for path in candidates if path.exists()), None)


@cache
def module_names(path: Path) -> set[str]:
    """The names that a module binds at its top level, in branches too."""
    if path.is_dir():
        return set()
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
                continue
            if isinstance(node, ast.Import | ast.ImportFrom):
                found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            waiting.append(node)
    return found


def resolves(name: str) -> bool:
    """Whether a dotted name is that of a module of the project, or of what one binds, and perhaps of a part of it."""
    if module_file(name):
        return True
    parts = name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        path = module_file(".".join(parts[:count]))
        if path:
            return parts[count] in module_names(path)
    return False


def named_attributes(tree: ast.AST) -> list[tuple[int, str]]:
    """Dotted names of the project that a file imports, or gives to `setattr` as text or as module and text."""
    found, modules = [], {}
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found.append((node.lineno, f"{node.module}.{alias.name}"))
                modules[alias.asname or alias.name] = found[-1][1]
    for node in nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "setattr":
            words = [getattr(argument, "value", None) for argument in node.args[:2]]
            module = modules.get(getattr(node.args[0], "id", ""))
            if isinstance(words[0], str):
                found.append((node.lineno, words[0].replace(":", ".")))
            elif module and isinstance(words[1], str):
                path = module_file(module)
                found += [(node.lineno, f"{module}.{words[1]}")] if path else []
    return [(line, name) for line, name in found if name.partition(".")[0] in PACKAGES]


@pytest.mark.parametrize("path", UNTYPED, ids=str)
def test_what_tests_and_benchmarks_import_or_replace_exists(path):
    names = named_attributes(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    assert [f"{path}:{line}: {name}" for line, name in names if not resolves(name)] == []


@pytest.mark.parametrize(
    "code",
    [
        "import engine.hosts", "from engine.host import Hosts", "from engine import hosts",
        'monkeypatch.setattr("engine.host.MAX_FADES", 1)', 'monkeypatch.setattr("engine.host:Hosts.rate", 1)',
        'from engine.devices import stream\nmonkeypatch.setattr(stream, "STALL", 1)',
    ],
)  # fmt: skip
def test_a_name_that_does_not_exist_is_found(code):
    assert not all(resolves(name) for _, name in named_attributes(ast.parse(code)))
