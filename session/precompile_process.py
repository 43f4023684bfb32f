"""Precompilation of the engine in another process: the window stays responsive, and can be closed meanwhile."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

from engine.kinds import DEFAULT_KIND

KILL_TIMEOUT_SECONDS = 0.2
FIRST_PARTS = (DEFAULT_KIND.name,)  # compiled before the first sound: the kind of the first instrument
_STEPS = """import os
from engine.precompile import compile_parts, end_with_parent
end_with_parent()
getattr(os, "nice", int)(5)
for step in compile_parts({}):
    print(*step, flush=True)
"""


class PrecompileProcess:
    """One run of the compiler; its results are in the cache when it has ended."""

    def __init__(self, parts: tuple[str, ...] | None = None) -> None:
        """Start it. parts: keys of engine.precompile.PARTS; all of them unless given."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _STEPS.format(parts)], env=environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def steps(self) -> Iterator[tuple[int, int, str]]:
        """Before each step its number, the number of steps and its name; ends when all is done, or stopped."""
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                number, total, name = line.strip().split(" ", 2)
                yield int(number), int(total), name
        self._process.wait()

    def stop(self) -> None:
        """[any thread] Kill it and its children."""
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(KILL_TIMEOUT_SECONDS)


class Precompilation:
    """FIRST_PARTS are compiled before the first sound, the rest while the first instrument plays."""

    def __init__(self) -> None:
        self.process: PrecompileProcess | None = None
        self._stopped = False

    def steps(self) -> Iterator[tuple[int, int, str]]:
        """The steps before the first sound, as `PrecompileProcess.steps`; then the rest is started."""
        from engine.precompile import is_compiled

        if not is_compiled(FIRST_PARTS) and not self._stopped:
            yield from self._start(FIRST_PARTS).steps()
        self.process = self._start() if not is_compiled() and not self._stopped else None

    def stop(self) -> None:
        """[any thread] Stop compiling."""
        self._stopped = True
        process = self.process
        if process is not None:
            process.stop()

    def _start(self, parts: tuple[str, ...] | None = None) -> PrecompileProcess:
        self.process = process = PrecompileProcess(parts)
        if self._stopped:  # `stop` may have come too early to see it
            process.stop()
        return process
