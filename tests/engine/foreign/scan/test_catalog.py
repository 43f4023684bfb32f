"""The catalog of installed plugins: what is found, kept, and listed as broken."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.foreign.plugin_entry import EFFECT, INSTRUMENT, PluginEntry
from engine.foreign.scan import Catalog, find_title, scanner
from engine.foreign.scan.catalog import CATALOG_NAME, CATALOG_VERSION
from engine.foreign.scan.priority import NICENESS, waiting_seconds
from engine.foreign.scan.scan_process import MAX_COPIES
from tests.support.foreign.probe import build_clap_probe
from tests.support.foreign.probe_bundle import BINARY, PORTS, URI, build_bundle
from tests.support.wait_limit import MAX_WAIT_SECONDS

CLAPS, LV2S = 5, len(PORTS)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with a CLAP file and a folder of LV2 bundles."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "clap" / "below").mkdir(parents=True)
    build_clap_probe(folder / "clap" / "below" / "probe.clap")
    build_bundle(folder / "lv2")
    return folder


@pytest.fixture
def installed(built, tmp_path, monkeypatch):
    """The same anew, as the only plugins of this machine."""
    folder = tmp_path / "installed"
    shutil.copytree(built, folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLAP_PATH", str(folder / "clap"))
    monkeypatch.setenv("LV2_PATH", str(folder / "lv2"))
    monkeypatch.setattr("engine.foreign.plugin_files._multiarch", lambda name: [])
    return folder


@pytest.fixture
def refreshed(tmp_path):
    """A function that brings a catalog up to date: the catalog, and the steps that it took."""

    def refresh(is_complete=False):
        catalog = Catalog(tmp_path / "cache" / "plugins.json")
        return catalog, list(catalog.refresh(is_complete))

    return refresh


def own(catalog, folder):
    """The entries of the plugins in a folder: those of the system may be there as well."""
    return [entry for entry in catalog.entries if entry.path.startswith(str(folder))]


def test_what_is_installed_is_found_and_not_opened_again(installed, refreshed):
    catalog, steps = refreshed()
    entries = {entry.name: entry for entry in own(catalog, installed)}
    assert len(entries) == CLAPS + LV2S
    assert not [entry for entry in entries.values() if entry.fault]
    found = entries[f"lv2:{URI}instrument"]
    assert (found.format, found.title, found.maker, found.kind) == ("LV2", "Probe instrument", "Luthier", INSTRUMENT)
    assert found.path == str(installed / "lv2" / "probe.lv2")
    found = entries[f"{installed / 'clap' / 'below' / 'probe.clap'}#probe.effect"]
    assert (found.format, found.title, found.maker, found.kind) == ("CLAP", "Probe effect", "Luthier", EFFECT)
    assert steps[-1][0] == steps[-1][1]
    again, steps = refreshed()
    assert steps == []
    assert again.entries == catalog.entries


def test_what_has_changed_is_opened_again_and_what_is_gone_is_forgotten(installed, refreshed):
    refreshed()
    clap = installed / "clap" / "below" / "probe.clap"
    os.utime(clap, ns=(0, clap.stat().st_mtime_ns + 1))
    catalog, steps = refreshed()
    assert steps[-1][:2] == (CLAPS + 1, CLAPS + 1)
    shutil.rmtree(installed / "lv2" / "probe.lv2")
    catalog, steps = refreshed()
    assert steps == []
    assert {entry.format for entry in own(catalog, installed)} == {"CLAP"}


def test_a_complete_scan_opens_all(installed, refreshed):
    refreshed()
    _, steps = refreshed(is_complete=True)
    assert steps[-1][0] >= CLAPS + LV2S


@pytest.mark.parametrize(
    ("fault", "reason"), [("abort", "was ended by SIGABRT when it was opened"), ("hang", "did not answer within 1 s")]
)
def test_what_kills_or_stops_the_scan_is_broken_and_the_rest_is_not(installed, refreshed, monkeypatch, fault, reason):
    monkeypatch.setenv("PROBE_FAULT", fault)
    monkeypatch.setattr(scanner, "MAX_OPEN_SECONDS", 1.0)
    (installed / "clap" / "text.clap").write_text("no library")
    catalog, _ = refreshed()
    faults = {entry.name: entry.fault for entry in own(catalog, installed)}
    assert len(faults) == CLAPS + LV2S + 1
    assert "no plugin for this machine" in faults.pop(str(installed / "clap" / "text.clap"))
    assert set(faults.values()) == {reason}


def test_a_bundle_without_its_library_is_broken(installed, refreshed):
    (installed / "lv2" / "probe.lv2" / BINARY).unlink()
    catalog, _ = refreshed()
    faults = [entry.fault for entry in own(catalog, installed) if entry.format == "LV2"]
    assert len(faults) == LV2S
    assert all("cannot be opened" in fault for fault in faults)


def test_a_plugin_that_requires_what_there_is_not_is_broken_with_its_name(installed, refreshed):
    description = installed / "lv2" / "probe.lv2" / "probe.ttl"
    description.write_text(description.read_text().replace("requiredFeature urid:map", "requiredFeature <urn:magic>"))
    catalog, _ = refreshed()
    faults = [entry.fault for entry in own(catalog, installed) if entry.format == "LV2"]
    assert len(faults) == LV2S
    assert all("requires what Luthier does not have: urn:magic" in fault for fault in faults)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 0}', '{"version": 1, "files": {"a": {"stamp": 1}}}'])
def test_a_damaged_cache_is_as_none(tmp_path, text):
    (tmp_path / "plugins.json").write_text(text)
    assert Catalog(tmp_path / "plugins.json").entries == []


@pytest.mark.verify
def test_a_damaged_cache_is_written_anew(installed, refreshed, tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "plugins.json").write_text("{")
    assert refreshed()[1]
    assert json.loads((tmp_path / "cache" / "plugins.json").read_text())["version"] == 1


@pytest.mark.verify
def test_a_cache_that_cannot_be_written_is_no_error(installed, tmp_path):
    (tmp_path / "file").write_text("")
    catalog = Catalog(tmp_path / "file" / "plugins.json")
    assert list(catalog.refresh())
    assert len(own(catalog, installed)) == CLAPS + LV2S


@pytest.mark.verify
def test_a_scan_that_was_stopped_keeps_what_it_has_found(installed, refreshed, tmp_path):
    catalog = Catalog(tmp_path / "cache" / "plugins.json")
    steps = catalog.refresh()
    while not own(catalog, installed):
        next(steps)
    steps.close()
    assert Catalog(tmp_path / "cache" / "plugins.json").entries == catalog.entries != []
    complete, _ = refreshed()
    assert len(own(complete, installed)) == CLAPS + LV2S


def test_a_scan_waits_for_what_plays_and_leaves_no_process_when_it_is_stopped_while_a_plugin_hangs(
    installed, tmp_path, monkeypatch
):
    monkeypatch.setenv("PROBE_FAULT", "hang")
    steps = Catalog(tmp_path / "cache" / "plugins.json").refresh()
    next(steps)
    copies = min(os.cpu_count() or 1, MAX_COPIES)
    seen = [set()]
    while len(seen[-1]) != 1 + copies or seen[-1] != seen[max(len(seen) - 20, 0)]:  # all copies are in a plugin
        seen.append(set(processes_of(installed)))
        time.sleep(0.01)
    assert {priority_of(number) for number in seen[-1]} == {(NICENESS, os.SCHED_BATCH)}
    steps.close()
    left = seen[-1]
    until = time.monotonic() + MAX_WAIT_SECONDS
    while left and time.monotonic() < until:
        left = processes_of(installed)
        time.sleep(0.01)
    assert not left


def priority_of(number):
    """Niceness and policy of a process."""
    return os.getpriority(os.PRIO_PROCESS, int(number)), os.sched_getscheduler(int(number))


def processes_of(folder):
    """The processes, but for this one, to which a folder was given in the environment."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if os.fsencode(folder) in environment.read_bytes():
                found.append(environment.parent.name)
    return [number for number in found if int(number) != os.getpid()]


def test_a_scan_process_that_cannot_start_leaves_every_file_with_a_reason(installed, refreshed, monkeypatch):
    monkeypatch.setattr(scanner, "CHILD_MODULE", "engine.foreign.scan.nothing")
    catalog, _ = refreshed()
    assert {entry.fault for entry in own(catalog, installed)} == {"the scan ended with status 1"}
    assert len(own(catalog, installed)) == 2


def test_a_plugin_that_is_not_open_has_the_title_that_the_scan_found(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    names = ["/a/two.clap#com.maker.delay", "/a/two.clap#com.maker.room", "lv2:urn:some:thing", "/a/one.clap#id"]
    assert [find_title(name) for name in names] == ["delay", "room", "thing", "id"]
    titles = dict(zip(names, ["Great Delay", "Wide Room", "Thing of Things", "The One"], strict=True))
    files: dict[str, dict[str, object]] = {}
    for name, title in titles.items():
        path = name.partition("#")[0]
        entry = PluginEntry(name, "CLAP", title, path=path).as_dict()
        files.setdefault(path, {"stamp": "", "plugins": []})["plugins"].append(entry)
    (tmp_path / "luthier").mkdir()
    (tmp_path / "luthier" / CATALOG_NAME).write_text(json.dumps({"version": CATALOG_VERSION, "files": files}))
    assert [find_title(name) for name in names] == list(titles.values())
    assert find_title("/a/one.clap") == "The One"
    assert find_title("/a/two.clap") == "two"


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this system does not tell")
def test_a_process_that_others_keep_from_running_has_waited_for_a_processor():
    spin = [sys.executable, "-c", "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: 1"]
    with contextlib.ExitStack() as stack:
        both = [stack.enter_context(subprocess.Popen(spin)) for _ in range(2)]
        for each in both:
            stack.callback(each.kill)
        end = time.monotonic() + MAX_WAIT_SECONDS
        while min(waiting_seconds(each.pid) for each in both) < 0.5:
            assert time.monotonic() < end
            time.sleep(0.05)
    assert [waiting_seconds(each.pid) for each in both] == [0.0, 0.0]  # they have ended
