"""The scan of all plugins that are installed: cold, and with what the last one found."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.acceptance.row import Row, row_at_most
from engine.foreign.callbacks import compile_all
from engine.foreign.scan import Catalog
from engine.foreign.scan.catalog import CATALOG_NAME

MAX_COLD_SECONDS, MAX_CACHED_SECONDS = 180.0, 0.5
STARTS = 5  # of the command, with a scan that finds nothing new


def measure(scale: float) -> Iterator[Row]:
    """Rows of one cold scan, and of the command after it; scale: of no use, as all is scanned."""
    compile_all()  # once, before the copies
    with tempfile.TemporaryDirectory() as cache:
        catalog, start = Catalog(Path(cache) / "luthier" / CATALOG_NAME), time.monotonic()
        steps = list(catalog.refresh())
        seconds = time.monotonic() - start
        broken = sum(bool(entry.fault) for entry in catalog.entries)
        yield Row("plugins, and those that are broken", f"{len(catalog.entries)}, {broken}")
        yield row_at_most("a scan of all", seconds, MAX_COLD_SECONDS, "s")
        yield Row("steps that its progress shows", str(len(steps)))
        environment = {**os.environ, "XDG_CACHE_HOME": cache}
        seconds = statistics.median(_time_command(environment) for _ in range(STARTS))
        yield row_at_most("luthier plugins after it", seconds, MAX_CACHED_SECONDS, "s")


def _time_command(environment: dict[str, str]) -> float:
    """Seconds until the command has listed all."""
    start = time.monotonic()
    command = [sys.executable, "-m", "cli.main", "plugins"]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - start
