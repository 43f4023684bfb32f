"""luthier plugins: what is installed, as a table and as JSON."""

import json
from pathlib import Path

import pytest

from cli.main import main
from tests.support.foreign.probe_bundle import PORTS, URI, build_bundle


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """A folder with the bundle of the probe."""
    folder = tmp_path_factory.mktemp("lv2")
    bundle = build_bundle(folder)
    (folder / "broken.lv2").mkdir()
    text = (bundle / "manifest.ttl").read_text().replace(URI, "urn:broken:").replace("<probe.ttl>", "<broken.ttl>")
    (folder / "broken.lv2" / "manifest.ttl").write_text(text)
    described = (bundle / "probe.ttl").read_text().replace(URI, "urn:broken:").replace("Probe effect", "a\\nb")
    (folder / "broken.lv2" / "broken.ttl").write_text(described)
    return folder


@pytest.fixture(autouse=True)
def home(bundles, tmp_path, monkeypatch):
    """A home and a cache of their own, without the plugins of the system."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LV2_PATH", str(bundles))
    monkeypatch.delenv("CLAP_PATH", raising=False)
    monkeypatch.setattr("engine.foreign.scan.catalog.clap_folders", list)
    monkeypatch.setattr("engine.foreign.plugin_files.clap_folders", list)


def test_the_table_names_each_plugin_and_the_broken_ones_last_with_the_reason(capsys):
    assert main(["plugins"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * len(PORTS)
    assert lines[0].split() == ["LV2", "effect", "Luthier", "Probe", "effect", f"lv2:{URI}effect"]
    assert all("lv2:" in line for line in lines[: len(PORTS)])
    assert all("broken" in line and "cannot be opened" in line for line in lines[len(PORTS) :])


def test_json_is_one_object_a_line_and_the_second_time_nothing_is_opened(capsys, monkeypatch):
    assert main(["plugins", "--json"]) == 0
    first = capsys.readouterr()
    rows = [json.loads(line) for line in first.out.splitlines()]
    assert {row["name"] for row in rows if not row["fault"]} == {f"lv2:{URI}{name}" for name in PORTS}
    assert set(rows[0]) == {"name", "format", "title", "maker", "kind", "path", "fault"}
    with monkeypatch.context() as patch:
        patch.setattr("engine.foreign.scan.scanner.CHILD_MODULE", "engine.foreign.scan.nothing")
        assert main(["plugins", "--json"]) == 0
        assert capsys.readouterr().out == first.out
    assert main(["plugins", "--json", "--rescan"]) == 0
    assert capsys.readouterr().out == first.out


def test_where_nothing_is_installed_it_says_where_it_looked(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("LV2_PATH", str(tmp_path / "nothing"))
    assert main(["plugins"]) == 0
    assert capsys.readouterr().out == f"no plugins are installed: there are none in {Path(tmp_path / 'nothing')}\n"
    assert main(["plugins", "--json"]) == 0
    assert capsys.readouterr().out == ""
