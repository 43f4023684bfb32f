"""A chain that is edited while it plays: plugins that stay play on."""

import numpy as np
import pytest

from engine.effects.audition import FADE_SECONDS, SLOTS, Audition
from engine.effects.capture import MicrophoneCapture
from engine.effects.tilt_eq import TiltEq
from engine.events import Kind
from engine.midi.key_zones import KeyZones, Zone
from engine.standard_chain import Rig
from tests.support.host_callback import RATE, Listener, Organ, Signal, render


def test_plugins_that_stay_in_the_chain_play_on_without_a_step(random):
    audio = random.uniform(-0.5, 0.5, (2, 9000)).astype(np.float32)
    rig, signal, tone = Rig(RATE), Signal(audio), TiltEq()
    rig.play([signal])
    heard = [render(rig, 3000)]
    rig.edit_chain([signal, tone])
    heard.append(render(rig, 3000, 100))
    rig.edit_chain([signal])
    heard.append(render(rig, 3000))
    np.testing.assert_allclose(np.concatenate(heard, axis=1), audio, atol=1e-6)
    assert rig.chain == [signal]


def test_a_new_effect_is_prepared_and_an_old_one_is_not_reset():
    rig, organ, listener = Rig(RATE), Organ(), Listener()
    rig.play([organ, listener])
    rig.midi(0x90, 60, 100)
    render(rig, 1000)
    tone = TiltEq()
    rig.edit_chain([organ, tone, listener])
    assert np.abs(render(rig, 1000)).max() > 0.005
    assert tone.state["rate"] == RATE
    assert len(listener.heard(Kind.NOTE_ON)) == 1
    with pytest.raises(ValueError, match="twice"):
        rig.edit_chain([organ, organ])


def test_a_key_plays_the_instrument_of_its_zone():
    rig, low, high = Rig(RATE), Listener(), Listener()
    rig.play([KeyZones([Zone(low, 0, 59), Zone(high, 60, 127)]), low, high])
    for key in (40, 59, 60, 80):
        rig.midi(0x90, key, 100)
    rig.midi(0xE0, 127, 127)
    rig.midi(0x80, 40, 0)
    rig.send(Kind.CONTROL, 3, 1.0)
    render(rig, 256)
    assert low.heard(Kind.NOTE_ON)["key"].tolist() == [40, 59]
    assert high.heard(Kind.NOTE_ON)["key"].tolist() == [60, 80]
    assert [len(each.heard(Kind.CONTROL)) for each in (low, high)] == [1, 0]
    for each in (low, high):
        assert each.heard(Kind.BEND)["value"][-1] == 2
        assert len(each.heard(Kind.NOTE_OFF)) == 1


def test_each_instrument_receives_the_channels_of_its_zone():
    rig, first, second = Rig(RATE), Listener(), Listener()
    rig.play([KeyZones([Zone(first), Zone(second, mask=1 << 1)]), first, second])
    rig.midi(0x90, 60, 100)
    rig.midi(0x91, 62, 100)
    rig.midi(0xB0, 1, 90)
    render(rig, 256)
    assert first.heard(Kind.NOTE_ON)["key"].tolist() == [60, 62]
    assert second.heard(Kind.NOTE_ON)["key"].tolist() == [62]
    assert second.heard(Kind.MODULATION)["value"].max() == 0
    with pytest.raises(ValueError, match="1 zones"):
        KeyZones([Zone(first)])


def test_a_press_is_counted_when_a_controller_passes_its_middle_upwards():
    rig = Rig(RATE)
    for value in (0, 127, 100, 63, 64, 0, 127):
        rig.midi(0xB0, 22, value)
    render(rig, 128)
    presses = rig.interpreter.press_counts
    assert presses[22] == 3
    assert presses.sum() == 3


def test_a_clip_is_heard_once_at_the_rate_of_the_device(random):
    rig = Rig(RATE)
    sound = random.uniform(-0.3, 0.3, (2, 4000)).astype(np.float32)
    rig.play_sound(sound)
    heard = render(rig, 6000)
    soft = round(FADE_SECONDS * RATE)
    np.testing.assert_allclose(heard[:, soft : 4000 - soft], sound[:, soft : 4000 - soft], atol=1e-6)
    assert not heard[:, 4000:].any()
    assert not rig.audition.playing
    time = np.arange(2000) / 16_000
    rig.play_sound(0.3 * np.sin(2 * np.pi * 440 * time), 16_000)
    heard = render(rig, 7000)
    wanted = 0.3 * np.sin(2 * np.pi * 440 * np.arange(6000) / RATE)
    np.testing.assert_allclose(heard[0, 1000:5000], wanted[1000:5000], atol=1e-3)


@pytest.mark.parametrize("block", [1, 37, 4096])
def test_a_clip_that_is_replaced_or_stopped_fades(block):
    rig = Rig(RATE)
    rig.play_sound(np.full((1, RATE), 0.5))
    render(rig, 2000)
    rig.play_sound(np.full((1, 3000), -0.5))
    heard = render(rig, 2000, block)
    assert np.abs(np.diff(heard)).max() < 1.1 * 0.5 / (FADE_SECONDS * RATE)
    assert heard[0, 1500] == pytest.approx(-0.5)
    rig.play_sound(None)
    heard = render(rig, 2000, block)
    assert np.abs(np.diff(heard)).max() < 1.1 * 0.5 / (FADE_SECONDS * RATE)
    assert not heard[:, round(1.1 * FADE_SECONDS * RATE) :].any()
    assert not rig.audition.playing


def test_an_invalid_sound_is_refused():
    clip = Audition()
    for sound in (np.zeros((3, 10)), np.zeros((1, 0)), np.full((1, 10), np.nan), np.zeros((1, 100 * RATE))):
        with pytest.raises(ValueError, match=r"cannot be played|damaged"):
            clip.load(sound, RATE)
    assert clip.load(None, RATE) == -1
    assert max(clip.load(np.zeros((1, 10)), RATE) for _ in range(3 * SLOTS)) == SLOTS - 1


def test_the_microphone_is_captured_and_not_heard(random):
    rig, microphone = Rig(RATE), MicrophoneCapture()
    rig.memory["inputs"] = 0
    audio = random.uniform(-0.5, 0.5, (2, 3000)).astype(np.float32)
    organ = Organ()
    rig.play([organ])
    rig.edit_chain([Signal(audio), microphone, organ])
    microphone.start()
    assert not render(rig, 3000).any()
    np.testing.assert_array_equal(microphone.drain(), audio)
    assert microphone.listens
