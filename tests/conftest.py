"""What every test may ask for: the recordings, a rate. Under CI a test that skips has failed."""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import hypothesis
import numpy as np
import pytest

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background had it ignored

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # of PyTorch: a core for each worker

os.environ.setdefault("LUTHIER_KEEP_TEXT", "1")  # shells are built from the texts of the code that tests run

hypothesis.settings.register_profile("same", deadline=None, derandomize=True)  # the same examples in every run
hypothesis.settings.load_profile("same")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of recordings that LUTHIER_DATA names."""
    folder = os.environ.get("LUTHIER_DATA")
    if not folder:
        pytest.skip("needs real recordings: set LUTHIER_DATA to their folder")
    return Path(folder)


@pytest.fixture(scope="session")
def probe_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of CLAP plugins of our own, see tests/support/foreign/probe_core.h."""
    from tests.support.foreign.probe import build_clap_probe

    return build_clap_probe(tmp_path_factory.mktemp("probe") / "probe.clap")


@pytest.fixture
def rate() -> float:
    """The rate in Hz that most devices run at."""
    return 48000.0


@pytest.fixture
def random() -> np.random.Generator:
    """The same numbers in every run."""
    return np.random.default_rng(20240229)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report
