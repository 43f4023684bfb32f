"""What a hand and the motion of a device do on a page: steady at rest, prompt when they move; run by node."""

import json
import subprocess

import numpy as np
import pytest

from export.package_files import PackageFiles

SCRIPTS = ("surface", "picture", "pad", "one_euro", "gesture")
FRAMES_A_SECOND = 30
COORDINATES = 63
HAND = """
const strikes = [], gesture = new HandGesture((shares, force) => strikes.push([seen, shares, force]));
let seen = 0;
const drawn = input.map(([time, landmarks]) => { seen = time; return gesture.follow(landmarks, time); });
const told = { strikes, drawn: drawn.map((each) => each && [...each]) };
"""
MOTION = """
const strikes = [], gesture = new MotionGesture((shares, force) => strikes.push([shares, force]));
for (const [time, [x, y, z], shake] of input)
  gesture.follow({ acceleration: shake && { x: shake[0], y: shake[1], z: shake[2] },
                   accelerationIncludingGravity: { x, y, z } }, 1000 * time);
const told = strikes;
"""


def run(script, values):
    """What `told` is at the end of a script that is run with the scripts of a page and with `input`."""
    files = PackageFiles("export.page")
    texts = [files.text(f"{name}.js") for name in SCRIPTS]
    whole = "\n".join([*texts, f"const input = {json.dumps(values)};", script, "console.log(JSON.stringify(told));"])
    done = subprocess.run(["node", "-"], input=whole, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def rest(random):
    """A hand at rest for ten seconds, as a tracker sees it: 21 landmarks that tremble by a few pixels; (T, 63)."""
    place = random.uniform(0.3, 0.7, COORDINATES)
    return place + 0.004 * random.standard_normal((10 * FRAMES_A_SECOND, COORDINATES))


def pictures(landmarks, first=0.0):
    return [[first + i / FRAMES_A_SECOND, row.tolist()] for i, row in enumerate(landmarks)]


def test_the_filter_leaves_at_most_a_quarter_of_the_jitter_of_a_hand_at_rest(rest):
    drawn = np.array(run(HAND, pictures(rest))["drawn"])[FRAMES_A_SECOND:]
    assert np.diff(drawn, axis=0).std() < 0.25 * np.diff(rest, axis=0).std()
    assert drawn.std(axis=0).mean() < 0.25 * 1.1 * rest.std(axis=0).mean()


def test_a_hand_at_rest_strikes_nothing(rest):
    assert run(HAND, pictures(rest))["strikes"] == []


def test_a_hand_that_moves_strikes_along_its_way_and_the_faster_the_stronger(rest):
    def strikes(speed):
        way = speed * np.arange(30) / FRAMES_A_SECOND  # of the picture's width
        moved = rest[:30].copy()
        moved[:, 0::3] += way[:, None]
        return run(HAND, pictures(moved))["strikes"]

    slow, fast = strikes(0.25), strikes(1.0)
    assert 3 <= len(slow) < len(fast)
    assert max(force for _, _, force in slow) < max(force for _, _, force in fast) <= 1
    _, shares, _ = fast[-1]
    across, down = np.array(shares)[0::3], np.array(shares)[1::3]
    assert across.min() > 3 * down.max()


def test_what_moves_is_drawn_without_delay(rest):
    way = np.arange(60) / FRAMES_A_SECOND
    moved = rest[:60].copy()
    moved[:, 0] = 0.8 * way / 2
    drawn = np.array(run(HAND, pictures(moved))["drawn"])[:, 0]
    lag = (moved[30:, 0] - drawn[30:]).mean() / 0.4
    assert 0 < lag < 0.1  # seconds


def test_a_hand_that_comes_or_comes_back_elsewhere_strikes_nothing(rest):
    gone = [[11.0, None], [11.6, None]]
    shown = pictures(rest[:30], 10.0) + gone + pictures(rest[:30] + 0.4, 12.0)
    told = run(HAND, shown)
    assert told["strikes"] == []
    assert told["drawn"][30] is None


def test_the_energies_of_a_gesture_are_those_of_its_columns():
    columns = [[0.9, 0.0, 0.3], [0.3, 0.6, 0.0], [0.0, 0.0, 0.001]]
    script = "const told = input.map(([shares, force]) => gestureEnergies(MAP, shares, force));"
    script = f"const MAP = {json.dumps(columns)};\n{script}"
    alone, both, nothing = run(script, [[[1, 0, 0], 0.5], [[1, 1, 0], 1.0], [[0, 0, 0], 1.0]])
    assert alone == [[0, pytest.approx(0.45)], [1, pytest.approx(0.15)]]
    assert both == [[0, pytest.approx(0.75)], [1, pytest.approx(0.75)]]
    assert nothing == []


def test_a_device_at_rest_is_silent_and_shakes_and_tilts_strike():
    gravity = [0.0, 0.0, 9.81]
    rest = [[i / 60, gravity, [0.0, 0.0, 0.02]] for i in range(120)]
    assert run(MOTION, rest) == []
    shaken = [*rest, [2.0, [12.0, 0.0, 9.81], [12.0, 0.0, 0.0]], [2.017, [13.0, 0.0, 9.81], [13.0, 0.0, 0.0]]]
    ((shares, force),) = run(MOTION, shaken)
    assert (shares, force) == ([12.0, 0.0, 0.0], pytest.approx(12 / 25))
    angles = np.linspace(0, 0.9, 60)
    tilted = [[2 + i / 60, [9.81 * np.sin(a), 0.0, 9.81 * np.cos(a)], None] for i, a in enumerate(angles)]
    strikes = run(MOTION, rest + tilted)
    assert 3 <= len(strikes) <= 12
    assert all(shares[1] == 0 for shares, _ in strikes)
