"""Digests of what kernels are compiled from: the sources of a module, and of all modules of the engine it imports.

Imports are read from the sources, wherever in them they stand; nothing is imported for it.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "engine"


@cache
def digest_module(module: str) -> str:
    """Twelve hex digits that change with any source that a module of the engine may run; empty for other modules."""
    if find_source(module) is None:
        return ""
    digest = hashlib.blake2b(digest_size=6)
    for name in sorted(find_dependencies(module)):
        source = find_source(name)
        if source is not None:
            digest.update(name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def find_dependencies(module: str) -> set[str]:
    """A module, all modules of the engine that it imports, and what these import."""
    found, waiting = {module}, [module]
    while waiting:
        new = _imports(waiting.pop()) - found
        found |= new
        waiting += new
    return found


@cache
def find_source(module: str) -> Path | None:
    """The file of a module of the engine; None of others, and where there is none."""
    if module.partition(".")[0] != PACKAGE:
        return None
    path = ROOT.joinpath(*module.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.is_file()), None)


@cache
def _imports(module: str) -> frozenset[str]:
    """The modules of the engine that one imports, with the packages that they are in."""
    source = find_source(module)
    if source is None:
        return frozenset()
    package = module if source.name == "__init__.py" else module.rpartition(".")[0]
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    known = {name for name in names if find_source(name) is not None}
    packages = {name.rsplit(".", count)[0] for name in known for count in range(1, name.count(".") + 1)}
    return frozenset(known | packages)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that a statement imports from."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
