"""Every LV2 plugin of the Debian packages that have some, each tried in a process of its own, and told by package.

python -m benchmarks.acceptance.plugins.lv2_plugins    writes the table of docs/plugins.md
"""

import glob
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.acceptance.report import ROOT
from benchmarks.acceptance.row import Row, row_at_least, row_at_most
from engine.atomic_write import write_text
from engine.foreign.callbacks import compile_all
from engine.foreign.lv2.description import describe
from engine.foreign.lv2.lilv import plugins
from engine.foreign.names import LV2_PREFIX
from engine.foreign.plugin_entry import PluginEntry

from .lv2_trial import Trial, try_plugin

_PACKAGES = """
abgate ardour-lv2-plugins avldrums.lv2 blop-lv2 calf-plugins dpf-plugins-lv2 dragonfly-reverb-lv2 drumgizmo eq10q fomp
foo-yc20 guitarix-lv2 invada-studio-plugins-lv2 ir.lv2 lsp-plugins-lv2 lv2-examples lv2vocoder mda-lv2 padthv1-lv2
qmidiarp rubberband-lv2 samplv1-lv2 setbfree so-synth-lv2 swh-lv2 synthv1-lv2 drumkv1-lv2 vocproc x42-plugins yoshimi
zam-plugins zynaddsubfx-lv2
"""
PLUGIN_COUNT, MIN_GOOD_COUNT = 684, 672
SEED = 14  # by which some are drawn where not all are tried
PAGE = ROOT / "docs" / "plugins.md"
TABLE_BEGIN, TABLE_END = "<!-- table by package -->", "<!-- end of the table -->"


def measure(scale: float) -> Iterator[Row]:
    """Rows for each package, then of all. scale: share of the plugins, drawn by SEED."""
    installed = owners()
    missing = [package for package in _PACKAGES.split() if package not in installed.values()]
    yield Row("Debian packages that are missing", " ".join(missing) or "none", "none", not missing)
    drawn = draw(scale)
    trials = run(drawn)
    for package, rows in by_package(trials).items():
        yield Row(package, f"{sum(trial.is_good for _, trial in rows)} of {len(rows)} play")
    good = sum(trial.is_good for trial in trials.values())
    wanted = MIN_GOOD_COUNT / PLUGIN_COUNT * len(drawn)
    yield row_at_least(f"plugins of {len(drawn)} that go through all", good, int(wanted))
    lost = [entry.title for entry, trial in trials.items() if not trial.is_good and "\n" in trial.text]
    yield row_at_most("plugins refused in more than a line", len(lost), 0)
    times = [trial.facts["open_ms"] for trial in trials.values() if trial.is_good]
    yield Row("time to open, median and most", f"{np.median(times):.0f} ms, {max(times):.0f} ms")


def draw(scale: float) -> list[PluginEntry]:
    """A share of the plugins that are installed, in order of their URIs."""
    entries = sorted((describe(plugin) for plugin in plugins()), key=lambda entry: entry.name)
    count = max(round(scale * len(entries)), 1)
    chosen = np.random.default_rng(SEED).permutation(len(entries))[:count]
    return [entries[place] for place in sorted(chosen)]


def run(entries: list[PluginEntry]) -> dict[PluginEntry, Trial]:
    """The trial of each plugin."""
    compile_all()  # once, before the copies
    return {entry: try_plugin(entry.name.removeprefix(LV2_PREFIX)) for entry in entries}


def by_package(trials: dict[PluginEntry, Trial]) -> dict[str, list[tuple[PluginEntry, Trial]]]:
    """Trials by the package of their bundle, the largest package first."""
    known, found = owners(), defaultdict(list)
    for entry, trial in trials.items():
        found[known.get(os.path.realpath(entry.path), "not of a package")].append((entry, trial))
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def owners() -> dict[str, str]:
    """The Debian package of each bundle that is installed, by the real path of its folder."""
    found = {}
    for listing in glob.glob("/var/lib/dpkg/info/*.list"):
        package = Path(listing).stem.partition(":")[0]
        for line in Path(listing).read_text(encoding="utf-8").splitlines():
            if "/lv2/" in line and line.endswith("/manifest.ttl"):
                found[os.path.realpath(Path(line).parent)] = package
    return found


def format_table(trials: dict[PluginEntry, Trial]) -> str:
    """The table by package, in Markdown."""
    lines = [
        "| package | plugins | play | sound | block of 128, µs | why the others do not |",
        "|---|---|---|---|---|---|",
    ]
    for package, rows in by_package(trials).items():
        good = [trial for _, trial in rows if trial.is_good]
        times = [trial.facts["block_us"] for trial in good]
        reasons = sorted({_reason(entry, trial) for entry, trial in rows if not trial.is_good})
        middle = f"{np.median(times):.1f}" if times else ""
        sounding = sum(trial.sounds for trial in good)
        lines.append(f"| {package} | {len(rows)} | {len(good)} | {sounding} | {middle} | {'; '.join(reasons)} |")
    good = [trial for trial in trials.values() if trial.is_good]
    sounding = sum(trial.sounds for trial in good)
    middle = f"{np.median([trial.facts['block_us'] for trial in good]):.1f}"
    lines.append(f"| **all** | **{len(trials)}** | **{len(good)}** | **{sounding}** | {middle} | |")
    return "\n".join(lines)


def _reason(entry: PluginEntry, trial: Trial) -> str:
    """Why a plugin does not play, without its URI and its paths."""
    text = trial.text.replace(entry.name.removeprefix(LV2_PREFIX), "").replace(f"{entry.path}/", "").strip(": ")
    return f"{text} ({trial.stage})" if trial.stage != Trial.REFUSED else text


def _main() -> None:
    trials = run(draw(1.0))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(TABLE_BEGIN)
    after = rest.partition(TABLE_END)[2]
    write_text(PAGE, f"{before}{TABLE_BEGIN}\n{format_table(trials)}\n{TABLE_END}{after}")


if __name__ == "__main__":
    _main()
