"""What import-linter cannot see: what is really loaded when somebody only wants to play."""

import subprocess
import sys


def loaded_by(*modules: str) -> set[str]:
    """The top-level modules that a fresh Python holds after importing some."""
    code = f"import sys, {', '.join(modules)}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    )


def test_playing_loads_no_torch_and_no_window():
    everything = loaded_by("engine.host", "engine.preset.library", "cli.main", "cli.presets", "cli.show")
    assert not everything & {"torch", "onnx", "onnxruntime", "matplotlib", "PyQt6"}


def test_the_command_starts_without_the_compiler():
    assert "numba" not in loaded_by("cli.main", "cli.presets", "cli.show")
