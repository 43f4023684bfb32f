"""A hand before the camera: the tracker that npm fetches, in a page in Chromium whose camera shows a drawn hand."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.acceptance.row import Row, row_at_least, row_at_most
from benchmarks.support.hand_picture import draw_hand, joints_in, write_film
from benchmarks.support.headless_chromium import Browser
from cli.main import main

WIDTH, HEIGHT, RATE = 640, 480, 10  # of the film, in pixels and pictures a second
CAMERA_RATE = 30  # pictures a second of a usual camera
TREMBLE = 0.004  # of the picture, of a hand at rest
SECONDS = 20.0
MAX_PAGE_BYTES = 15_000_000
MAX_ERROR = 0.06  # of the picture, from the joints that were drawn
WATCH = """async (seconds) => {
  const { camera, engine, meter } = await window.player, tracker = camera.tracker, see = tracker.see, seen = [];
  let peak = 0;
  tracker.see = (landmarks) => {
    seen.push(landmarks && [...landmarks]);
    see(landmarks);
  };
  const start = [performance.now() / 1000, engine.context?.currentTime ?? 0];
  while (performance.now() / 1000 - start[0] < seconds) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    peak = Math.max(peak, ...meter.shares);
  }
  tracker.see = see;
  const passed = [performance.now() / 1000 - start[0], (engine.context?.currentTime ?? 0) - start[1]];
  return { seen, peak, passed };
}"""
FILTER = """(seen) => {
  const filter = new OneEuroFilter();
  return seen.map(([time, landmarks]) => [...filter.filter(landmarks, time)]);
}"""


def measure(scale: float) -> Iterator[Row]:
    """The rows of a hand at rest and of one that moves; scale: share of the seconds for each."""
    with tempfile.TemporaryDirectory(prefix="luthier-hand-") as name:
        folder = Path(name)
        page = folder / "celesta.html"
        if main(["export", "celesta", "-o", str(page), "--hands"]):
            raise RuntimeError("the page could not be written")
        yield row_at_most("bytes of the page of celesta with its hand", page.stat().st_size, MAX_PAGE_BYTES)
        random = np.random.default_rng(0)
        rest = [tuple(TREMBLE * random.standard_normal(2)) for _ in range(5 * RATE)]
        circle = 2 * np.pi * np.arange(3 * RATE) / (3 * RATE)
        moved = [(0.12 * np.sin(angle), 0.05 * np.cos(angle)) for angle in circle]
        yield from _rest_rows(folder, page, rest, SECONDS * scale)
        yield from _moved_rows(folder, page, moved, SECONDS * scale)


def _rest_rows(folder: Path, page: Path, places: list[tuple[float, float]], seconds: float) -> Iterator[Row]:
    with _Session(folder, page, places) as session:
        yield Row("seconds from the click to the first hand (software GL)", f"{session.start_seconds:.1f} s")
        told = session.watch(seconds)
        seen = [landmarks for landmarks in told["seen"] if landmarks]
        yield row_at_least("pictures with a hand", 100 * len(seen) / max(len(told["seen"]), 1), 90, "%")
        landmarks = np.array(seen).reshape(len(seen), 21, 3)
        yield row_at_least("landmarks of a hand", landmarks.shape[1], 21)
        errors = np.hypot(*(landmarks[..., :2] - joints_in(WIDTH, HEIGHT)).mean(0).T)
        yield row_at_most(
            "distance from the drawn joints, in the mean over them", errors.mean(), MAX_ERROR, "pictures"
        )
        timed = [[number / CAMERA_RATE, each] for number, each in enumerate(seen)]
        steady = np.array(session.browser.ask(f"({FILTER})({timed})"))[len(seen) // 4 :]
        raw = np.array(seen)[len(seen) // 4 :]
        ratio = np.diff(steady, axis=0).std() / np.diff(raw, axis=0).std()
        yield row_at_most("jitter after the filter over that before it, at 30 pictures a second", ratio, 0.25)
        yield row_at_most("loudest sound of a hand at rest, of the meter's 60 dB", told["peak"], 0.05)


def _moved_rows(folder: Path, page: Path, places: list[tuple[float, float]], seconds: float) -> Iterator[Row]:
    with _Session(folder, page, places) as session:
        told = session.watch(seconds)
        yield Row("pictures followed in a second (software GL)", f"{len(told['seen']) / told['passed'][0]:.2f}")
        yield row_at_least("loudest sound of a hand that moves, of the meter's 60 dB", told["peak"], 0.3)
        late = told["passed"][0] - told["passed"][1]
        yield row_at_most("seconds that the sound is late beside it", late, 0.25, "s")
        yield Row(
            "complaints of the browser", str(len(session.browser.complaints)), "0", not session.browser.complaints
        )


class _Session:
    """A page in a browser whose camera shows a hand at these places, one after the other."""

    def __init__(self, folder: Path, page: Path, places: list[tuple[float, float]]) -> None:
        film = folder / "hand.y4m"
        write_film(film, (draw_hand(WIDTH, HEIGHT, place) for place in places), RATE)
        flags = [
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
            f"--use-file-for-fake-video-capture={film}",
        ]
        self.browser = Browser(Path(tempfile.mkdtemp(dir=folder)), flags)
        self.browser.open(page)
        self.browser.ask("player.then(one => one.engine.wake())")
        start = time.monotonic()
        self.browser.ask("document.querySelector('#camera').click()")
        self.browser.wait("document.querySelector('#seen').textContent === 'Move your hand.'")
        self.start_seconds = time.monotonic() - start

    def watch(self, seconds: float) -> dict:
        """What was seen in so many seconds, the loudest sound, and how far the clocks of page and sound went."""
        return dict(self.browser.ask(f"({WATCH})({seconds})"))

    def __enter__(self) -> "_Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.close()
