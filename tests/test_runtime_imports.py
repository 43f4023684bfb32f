"""What import-linter cannot see: what is really loaded when somebody only wants to play."""

import ast
import subprocess
import sys
from pathlib import Path


def loaded_by(*modules: str) -> set[str]:
    """The top-level modules that a fresh Python holds after importing some."""
    code = f"import sys, {', '.join(modules)}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    )


def test_playing_loads_no_torch_and_no_window():
    everything = loaded_by("engine.host", "engine.preset.library", "cli.main", "cli.presets", "cli.show")
    assert not everything & {"torch", "onnx", "onnxruntime", "matplotlib", "PyQt6"}


def test_modules_of_the_engine_import_no_compiler():
    root = Path(__file__).parent.parent
    for path in sorted((root / "engine").rglob("*.py")):
        if path.name == "vector_types.py":  # is imported when a kernel with vectors is compiled
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            compilers = {name.partition(".")[0] for name in names} & {"numba", "llvmlite"}
            assert not compilers, f"{path.relative_to(root)}:{node.lineno}: take it from engine.kernel"


def test_the_command_starts_without_the_compiler():
    assert "numba" not in loaded_by("cli.main", "cli.presets", "cli.show")
