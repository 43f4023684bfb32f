"""Compiling the engine in a process of its own: the window stays awake, and can be closed meanwhile."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

GONE = 0.2  # seconds that it may take to be gone
AT_ONCE = ("resonance",)  # compiled before the first sound: the kind of the first instrument
_STEPS = """import os
from engine.precompile import warm
getattr(os, "nice", int)(5)
for step in warm({}):
    print(*step, flush=True)
"""


class Compiler:
    """One run of it; what is compiled lies in the cache once it is over."""

    def __init__(self, parts: tuple[str, ...] | None = None) -> None:
        """Begin with parts, keys of engine.precompile.PARTS; with all unless named."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _STEPS.format(parts)], env=environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def steps(self) -> Iterator[tuple[int, int, str]]:
        """Before each step its number, how many there are, and what it is; ends when all is done, or stopped."""
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                number, total, what = line.strip().split(" ", 2)
                yield int(number), int(total), what
        self._process.wait()

    def stop(self) -> None:
        """[any thread] End it, and whatever it has started, now."""
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GONE)


class Warming:
    """What plays first is compiled before anything is heard; the rest while it plays."""

    def __init__(self) -> None:
        self.compiler: Compiler | None = None
        self._ended = False

    def steps(self) -> Iterator[tuple[int, int, str]]:
        """Before each step that has to be waited for its number, how many there are, and what it is."""
        from engine.precompile import is_warm

        if not is_warm(AT_ONCE) and not self._ended:
            yield from self._begin(AT_ONCE).steps()
        self.compiler = self._begin() if not is_warm() and not self._ended else None

    def stop(self) -> None:
        """[any thread] Compile no more."""
        self._ended = True
        compiler = self.compiler
        if compiler is not None:
            compiler.stop()

    def _begin(self, parts: tuple[str, ...] | None = None) -> Compiler:
        self.compiler = compiler = Compiler(parts)
        if self._ended:  # `stop` may have come too early to see it
            compiler.stop()
        return compiler
