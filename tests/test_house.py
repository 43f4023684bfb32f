"""House rules that no linter knows."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("engine", "session", "gui", "export", "train", "cli", "benchmarks")
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
