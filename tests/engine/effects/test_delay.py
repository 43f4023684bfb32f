"""The delay, against plain Python: its echoes to the sample, and another time without a click."""

import math

import numpy as np
import pytest

from engine.effects.delay import BRIGHTEST_HZ, CROSSFADE_SECONDS, DARKEST_HZ, MAX_SECONDS, NOTES, Delay
from engine.events import Kind
from engine.host import Host
from engine.render import render as render_score
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal

QUARTER = [name for name, _ in NOTES].index("1/4")


def delay(**values):
    """A delay with these parameters."""
    made = Delay()
    for name, value in values.items():
        made.state["param"][0, [param.name for param in made.params].index(name)] = value
    return made


def played(audio, frames=None, block=128, **values):
    """Audio (2, T), or more frames of it, through a delay."""
    host = Host(RATE)
    host.play([Signal(audio), delay(**values)])
    return render(host, frames or audio.shape[1], block)


def plain(audio, time, feedback, damping, pingpong, mix):
    """The same in plain Python."""
    frames = round(time * RATE)
    corner = BRIGHTEST_HZ * (DARKEST_HZ / BRIGHTEST_HZ) ** damping
    pole = math.exp(-2 * math.pi * corner / RATE) if damping else 0.0
    lines, low, out = np.zeros((2, audio.shape[1] + frames)), [0.0, 0.0], np.zeros(audio.shape)
    for t, (left, right) in enumerate(audio.T.astype(float)):
        for c in range(2):
            low[c] = (1 - pole) * lines[c, t] + pole * low[c]
        stay, cross = (1 - pingpong) * feedback, pingpong * feedback
        lines[0, t + frames] = left + pingpong * right + stay * low[0] + cross * low[1]
        lines[1, t + frames] = (1 - pingpong) * right + stay * low[1] + cross * low[0]
        out[:, t] = min(1, 2 - 2 * mix) * np.array([left, right]) + min(1, 2 * mix) * np.array(low)
    return out


def pulse(frames=24_000):
    """A pulse at the left."""
    audio = np.zeros((2, frames), np.float32)
    audio[0, 0] = 1
    return audio


@pytest.mark.parametrize("pingpong", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("damping", [0.0, 0.7])
def test_it_does_what_plain_python_does(random, pingpong, damping):
    audio = random.uniform(-0.5, 0.5, (2, 8000)).astype(np.float32)
    knobs = {"time": 0.0123, "feedback": 0.8, "damping": damping, "pingpong": pingpong, "mix": 0.6}
    np.testing.assert_allclose(played(audio, **knobs), plain(audio, **knobs), atol=1e-5)


@pytest.mark.parametrize(
    ("values", "frames"),
    [
        ({"time": 0.25}, 12_000),
        ({"time": 0.001}, 48),
        ({"time": 0.1, "tempo": 120, "note": QUARTER}, 24_000),
        ({"tempo": 120, "note": QUARTER - 1}, 18_000),
        ({"tempo": 90, "note": QUARTER - 3}, 16_000),
        ({"tempo": 300, "note": 0}, 1200),
        ({"time": 0.2, "tempo": 19}, 9600),
        ({"tempo": 20, "note": len(NOTES) - 1}, round(MAX_SECONDS * RATE)),
    ],
    ids=str,
)
def test_an_echo_comes_at_its_time_or_its_note_to_the_sample(values, frames):
    heard = played(pulse(), frames + 10, mix=1.0, feedback=0.0, damping=0.0, **values)
    assert np.flatnonzero(heard[0]).tolist() == [frames]
    assert heard[0, frames] == 1
    assert not heard[1].any()


def test_the_notes_are_parts_of_a_whole_note_in_order():
    beats = dict(NOTES)
    assert list(beats.values()) == sorted(beats.values())
    for name, value in beats.items():
        part = 4 / int(name.strip("T.").partition("/")[2])
        assert value == pytest.approx(part * {"T": 2 / 3, ".": 3 / 2}.get(name[-1], 1))


def test_ping_pong_goes_from_side_to_side():
    heard = played(pulse(), 24_000, mix=1.0, pingpong=1.0, time=0.1, feedback=0.5, damping=0.0)
    assert [np.flatnonzero(channel).tolist() for channel in heard] == [[4800, 14_400], [9600, 19_200]]
    assert heard[:, 4800::4800].max(axis=0).tolist() == [1, 0.5, 0.25, 0.125]


def test_in_mono_ping_pong_is_as_loud_as_echoes_that_stay(random):
    audio = random.uniform(-0.5, 0.5, (2, 8000)).astype(np.float32)
    heard = [played(audio, time=0.01, feedback=0.7, pingpong=pingpong).sum(axis=0) for pingpong in (0.0, 0.3, 1.0)]
    for other in heard[1:]:
        np.testing.assert_allclose(other, heard[0], atol=1e-5)


def test_another_time_is_crossfaded_to_its_place_without_a_click():
    time = np.arange(32_768) / RATE
    tone = np.broadcast_to(0.5 * np.sin(2 * np.pi * 220 * time), (2, 32_768)).astype(np.float32)
    host, plugin = Host(RATE), delay(time=0.1, mix=1.0, feedback=0.0, damping=0.0)
    host.play([Signal(tone), plugin])
    before = render(host, 9600)
    host.set_param(plugin, "time", 0.0512)
    after = render(host, 9600)
    steepest = np.abs(np.diff(tone[0])).max()
    heard = np.concatenate([before, after], axis=1)[:, 4801:]
    assert np.abs(np.diff(heard)).max() < 1.2 * steepest
    fade = round(CROSSFADE_SECONDS * RATE) + 1
    np.testing.assert_allclose(after[0, fade:], tone[0, 9600 - 2458 + fade : 19_200 - 2458], atol=1e-14)


def test_a_choke_of_all_notes_ends_the_echoes_and_later_sounds_have_theirs():
    host, plugin = Host(RATE), delay(time=0.05, mix=1.0, feedback=0.9)
    signal = pulse()
    signal[0, 12_000] = 0.5
    host.play([Signal(signal), plugin])
    assert render(host, 6000).any()
    host.send(Kind.CHOKE)
    assert not render(host, 6000)[:, 300:].any()
    assert np.flatnonzero(render(host, 4000)[0])[0] == 2400


def test_what_is_played_while_it_is_off_has_no_echo():
    host, plugin = Host(RATE), delay(time=0.1, mix=1.0, on=0.0)
    host.play([Signal(pulse()), plugin])
    render(host, 2400)
    host.set_param(plugin, "on", 1.0)
    assert not render(host, 9600).any()


def test_a_file_is_not_ended_between_two_echoes():
    host = Host(RATE)
    host.play([Signal(pulse()), delay(time=2.0, feedback=0.5, damping=0.0, mix=0.5)])
    heard = render_score(host)
    assert heard.shape[1] > 8 * RATE
    np.testing.assert_allclose(heard[0, :: 2 * RATE][:5], 0.5 ** np.array([0, 0, 1, 2, 3]), rtol=1e-6)
