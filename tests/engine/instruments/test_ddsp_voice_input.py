"""The DDSP instrument driven by the events of a voice tracker."""

import numpy as np
import pytest

from engine.events import Kind
from engine.instruments.ddsp.state import TRACKED_VOICE
from engine.instruments.shared.voice_allocation import FREE
from tests.engine.instruments.resonance_player import cents_from, level
from tests.support.ddsp_instrument import PLAIN, playing, send_voice
from tests.support.host_callback import render

HOP = 64  # frames between the events of the tracker


def follow(host, hertz, decibels, start=0):
    """Send one pitch and one loudness for every HOP frames."""
    for i, (pitch, loud) in enumerate(zip(hertz, decibels, strict=True)):
        send_voice(host, float(pitch), float(loud), frame=start + HOP * i, onset=i == 0)


@pytest.mark.parametrize("frame", [0, 1, 64, 777])
def test_a_tracked_note_starts_on_the_frame_of_its_onset(frame):
    host, _ = playing()
    send_voice(host, 330.0, frame=frame, onset=True)
    heard = render(host, 2048)[0]
    assert not heard[:frame].any()
    assert heard[frame] != 0


def test_a_tracked_note_sounds_within_5_ms():
    host, _ = playing(**PLAIN)
    follow(host, np.full(700, 330.0), np.full(700, -35.0))
    heard = render(host, 44_800)[0]
    assert abs(level(heard[240:960]) - level(heard[24_000:])) < 6
    assert abs(cents_from(heard[12_000:], 32_000, 330.0 * 32 / 48)) < 1


def test_pitch_follows_within_a_hop():
    host, instrument = playing(**PLAIN)
    curve = 300 * 2 ** (np.arange(600) / 600)  # an octave in 0.8 s
    follow(host, curve, np.full(600, -35.0))
    behind = []
    for i in range(0, 600, 5):
        voice = instrument.state["voices"][0, TRACKED_VOICE]
        if i > 20:
            share = (int(instrument.state["clock"][0]) - voice["frame_start"]) / (
                voice["frame_end"] - voice["frame_start"]
            )
            now = 48_000 * (voice["pitch_from"] + share * (voice["pitch_to"] - voice["pitch_from"]))
            behind.append(600 * np.log2(curve[i] / now))
        render(host, 5 * HOP)
    assert max(behind) < 10 * 48 / HOP


def test_it_is_silent_while_unvoiced_and_returns():
    host, instrument = playing()
    send_voice(host, 330.0, frame=0, onset=True)
    send_voice(host, 0.0, frame=4800)
    send_voice(host, 392.0, frame=28_800, onset=True)
    heard = render(host, 48_000)[0]
    loud = level(heard[2400:4800])
    assert level(heard[4800 + 7200 : 12_960]) < loud - 40
    assert not heard[24_000:28_800].any()
    assert heard[28_800] != 0
    assert abs(level(heard[30_000:33_000]) - loud) < 6
    send_voice(host, 0.0)
    render(host, 24_000)
    assert instrument.state["voices"][0, TRACKED_VOICE]["stage"] == FREE


def test_a_pause_between_notes_makes_no_click():
    host, _ = playing(**PLAIN)
    send_voice(host, 330.0, frame=0, onset=True)
    send_voice(host, 0.0, frame=9600)
    send_voice(host, 331.0, frame=9700)
    send_voice(host, 392.0, frame=14_400, onset=True)
    steps = np.abs(np.diff(render(host, 24_000)[0]))
    assert steps[9000:].max() < 1.3 * max(steps[4800:9000].max(), steps[19_200:].max())


def test_nan_is_no_pitch():
    host, instrument = playing()
    send_voice(host, 330.0, frame=0, onset=True)
    render(host, 4800)
    voice = instrument.state["voices"][0, TRACKED_VOICE : TRACKED_VOICE + 1]
    voice["loudness"] = np.nan
    assert np.isfinite(render(host, 9600)).all()


def test_keys_and_the_tracked_voice_sound_together():
    def play(*who):
        host, _ = playing(**PLAIN)
        if "singer" in who:
            send_voice(host, 330.0, frame=100, onset=True)
        if "key" in who:
            host.send(Kind.NOTE_ON, 57, 0.8, note=57, frame=100)
        return render(host, 9600)[0].astype(float)

    np.testing.assert_allclose(play("singer", "key"), play("singer") + play("key"), atol=2e-6)


def test_tuning_and_bend_do_not_apply_to_the_tracked_voice():
    host, _ = playing(**PLAIN)
    host.send(Kind.BEND, value=1.0)
    follow(host, np.full(700, 330.0), np.full(700, -35.0))
    assert abs(cents_from(render(host, 44_800)[0, 12_000:], 32_000, 330.0 * 32 / 48)) < 1


def unvoiced(gap, **params):
    """A tone that is unvoiced for some frames, as loud as before: what is heard (T,)."""
    host, _ = playing(harmonics=12, **{**PLAIN, **params})
    for i in range(600):
        inside = 200 * HOP <= i * HOP < 200 * HOP + gap
        send_voice(host, 0.0 if inside else 330.0, frame=HOP * i, onset=i == 0 or i * HOP == 200 * HOP + gap)
    return render(host, 600 * HOP)[0].astype(float)


def test_after_a_short_gap_a_tone_comes_back_softly_and_goes_on():
    heard, whole = unvoiced(20 * HOP), unvoiced(0)
    back = 220 * HOP
    rise = [level(heard[back + start : back + start + 240]) for start in range(0, 1920, 240)]
    assert max(np.diff(rise)) < 10  # dB in 5 ms
    after = slice(back + 2400, 600 * HOP)
    np.testing.assert_allclose(heard[after], whole[after], atol=2e-3 * np.abs(whole).max())


def test_a_consonant_is_noise_that_outlasts_the_harmonics():
    noisy = {"noise": 12.0}
    tone, both = unvoiced(200 * HOP), unvoiced(200 * HOP, **noisy)
    noise = both - tone
    before, within = slice(150 * HOP, 195 * HOP), slice(235 * HOP, 245 * HOP)  # 45 to 60 ms after the tone's end
    fall = level(tone[within]) - level(tone[before])
    assert fall < -20
    assert level(noise[within]) - level(noise[before]) > fall + 8
