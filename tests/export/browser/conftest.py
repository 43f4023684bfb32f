"""Browsers, and pages of instruments that were made once."""

import pytest

from benchmarks.support.headless_chromium import Browser
from cli.main import main
from tests.support.browsers.headless_firefox import Firefox
from tests.support.shell.browser_shell import browser_shell


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = Browser(tmp_path_factory.mktemp("browser"))
    yield made
    made.close()


@pytest.fixture
def firefox(tmp_path):
    made = Firefox(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A function of an instrument's name: the path of its page, made once."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def make(name):
        if name not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("LUTHIER_SHELLS", str(browser_shell()))
                assert main(["export", name, "-o", str(folder / f"{name}.html")]) == 0
            made[name] = folder / f"{name}.html"
        return made[name]

    return make
