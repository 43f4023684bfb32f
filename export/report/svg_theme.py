"""Plots as SVG that take the page's colours and fonts, in its light and its dark theme."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# placeholders that are replaced by the page's colours
TEXT, MUTED, GRID, ACCENT, SECOND = "#010203", "#010204", "#010205", "#010206", "#010207"
_PAGE_COLOURS = {TEXT: "--text", MUTED: "--quiet", GRID: "--line", ACCENT: "--accent", SECOND: "--second"}
SIZE = (9.0, 3.5)  # inches
_STYLE = {
    "svg.fonttype": "none", "font.size": 9.5, "axes.edgecolor": GRID, "axes.labelcolor": MUTED,
    "xtick.color": GRID, "ytick.color": GRID, "xtick.labelcolor": MUTED, "ytick.labelcolor": MUTED,
    "text.color": MUTED, "axes.spines.top": False, "axes.spines.right": False, "axes.facecolor": "none",
    "figure.facecolor": "none", "axes.grid": True, "grid.color": GRID, "grid.linewidth": 0.5, "grid.alpha": 0.6,
    "axes.axisbelow": True, "legend.frameon": False, "axes.linewidth": 0.8,
}  # fmt: skip


@dataclass(frozen=True)
class Drawing:
    """An SVG with its title and a description, which is the caption and the text for screen readers."""

    svg: str
    title: str
    description: str


def draw(
    name: str, title: str, description: str, paint: Callable[[Axes], None], size: tuple[float, float] = SIZE
) -> Drawing:
    """Draw with `paint` on new axes; name: of letters, unique in a page."""
    style: Any = {**_STYLE, "svg.hashsalt": name}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=size, layout="constrained")
        paint(figure.add_subplot())
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return Drawing(_adapt_to_page(file.getvalue(), name), title, description)


def frequency_axis(axes: Axes, low: float, high: float) -> None:
    """Set a logarithmic horizontal frequency axis."""
    axes.set(xscale="log", xlim=(low, high), xlabel="frequency")
    ticks = [hertz for hertz in (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000) if low <= hertz <= high]
    axes.set_xticks(ticks, [f"{hertz // 1000} kHz" if hertz >= 1000 else f"{hertz} Hz" for hertz in ticks])
    axes.set_xticks([], minor=True)


def scatter(axes: Axes, x: np.ndarray, y: np.ndarray, strength: np.ndarray, largest: float = 130.0) -> None:
    """Dots with areas proportional to strength (N,), weak ones above strong ones."""
    relative = strength / max(float(strength.max(initial=0)), 1e-12)
    order = np.argsort(-relative)
    area = 3 + largest * relative[order]
    axes.scatter(x[order], y[order], s=area, color=ACCENT, alpha=0.45, linewidths=0.4, edgecolors=ACCENT)


def _adapt_to_page(svg: str, name: str) -> str:
    """Adapt an SVG for a page: unique ids, the page's colours and fonts."""
    svg = svg[svg.index("<svg") :]
    for colour, role in _PAGE_COLOURS.items():
        svg = svg.replace(colour, f"var({role})")
    svg = re.sub(r"font: ([\d.]+px) [^;\"]+", r"font: \1 var(--sans)", svg)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r"(url\(#|href=\"#)", rf"\g<1>{name}-", svg)
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r'<svg([^>]*?) width="[^"]*"', r"<svg\1", re.sub(r'<svg([^>]*?) height="[^"]*"', r"<svg\1", svg))
    return re.sub(r'\s+xmlns(:xlink)?="[^"]*"', "", svg, count=0).replace("xlink:href", "href")
