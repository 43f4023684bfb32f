"""A decoder on another thread: its frames sound one frame later, and the audio thread never waits for it."""

import gc
import threading
import time

import numpy as np
import pytest

from engine.events import Kind
from engine.host import Host
from engine.instruments.ddsp.decode_curves import uses_float16
from engine.instruments.ddsp.decoder_thread import OFFLINE_TIMEOUT_SECONDS, DecoderThread
from engine.instruments.ddsp.instrument import Ddsp
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset
from engine.render import render as rendered
from tests.engine.dsp.test_decoder import TorchDecoder
from tests.engine.instruments.resonance_player import level
from tests.support.host_callback import render
from tests.support.wait_limit import MAX_WAIT_SECONDS

HEADER, _ = random_preset()
RATE, HOP = 48_000, 480
PLAIN = {"attack": 0.0, "sustain": 0.0, "noise": -60.0, "width": 0.0}


class Counting:
    """Returns an amplitude that grows by a step with every frame of a voice, on the first harmonic alone."""

    batch, units, harmonics, bands = None, 1, 3, 9

    def __init__(self, step=0.01):
        self.step, self.calls, self.gate = step, [], threading.Event()
        self.gate.set()

    def decode(self, pitch, loudness, state):
        self.gate.wait()
        self.calls.append((pitch.copy(), loudness.copy(), state[:, 0].copy()))
        heads = np.zeros((len(pitch), 13), np.float32)
        heads[:, 1], heads[:, 0] = 1, self.step * (state[:, 0] + 1)
        return heads, state + 1


class Constant(Counting):
    """Returns the same at every frame."""

    def decode(self, pitch, loudness, state):
        heads, state = super().decode(pitch, loudness, 0 * state)
        return heads, 0 * state


def playing(decoder, **params):
    instrument = Ddsp(Preset({**HEADER, "params": {**PLAIN, **params}}, {}), 0, DecoderThread(decoder, HEADER))
    host = Host(RATE)
    host.play([instrument])
    decoder.calls.clear()
    return host, instrument


def note_on(host, key=69, frame=-1, velocity=0.8):
    host.send(Kind.NOTE_ON, key, velocity, note=key, frame=frame)


def live(host, seconds, answers=True):
    """Output (2, T) of blocks played as by a device, each once all earlier requests have a response."""
    (instrument,), parts = host.chain, []
    for _ in range(round(seconds * RATE / 64)):
        parts.append(render(host, 64, 64))
        assert not answers or waited(lambda: has_responses(instrument))
    return np.concatenate(parts, 1)


def has_responses(instrument):
    mailbox = instrument._remote.mailbox[0]
    return (mailbox["last_response"] == mailbox["voices"]["requested"]).all()


def waited(condition):
    until = time.monotonic() + MAX_WAIT_SECONDS
    while not condition() and time.monotonic() < until:
        time.sleep(0.002)
    return condition()


def test_a_voice_has_one_frame_every_hop_with_its_pitch_and_its_state():
    decoder = Counting()
    host, _ = playing(decoder)
    note_on(host, 57)
    note_on(host, 69, frame=5000)
    rendered(host, seconds=0.2)
    told = [(hertz, place) for pitch, _, memory in decoder.calls for hertz, place in zip(pitch, memory, strict=True)]
    for hertz, frames in ((220.0, 21), (440.0, 11)):
        places = [place for other, place in told if abs(other - hertz) < 1e-3]
        assert places == [50 + i for i in range(frames)]  # the initial state is that of a note held for 50 frames


def test_the_loudness_of_requests_is_in_decibels():
    decoder = Counting()
    host, _ = playing(decoder)
    note_on(host)
    rendered(host, seconds=0.1)
    np.testing.assert_allclose([decibels[0] for _, decibels, _ in decoder.calls], -35, atol=1e-4)


@pytest.mark.parametrize("half", [False, True])
def test_a_remote_decoder_sounds_as_the_built_in_one_once_a_note_is_held(half):
    header, tensors = random_preset(32, 20, seed=4, float16=half)
    inside, beside = Host(RATE), Host(RATE)
    preset = Preset({**header, "params": PLAIN}, tensors)
    own = Ddsp(preset)
    inside.play([own])
    beside.play([Ddsp(preset, 0, DecoderThread(Torch(tensors), header))])
    for host in (inside, beside):
        note_on(host, 60)
    one, other = (rendered(host, seconds=0.6)[0] for host in (inside, beside))
    steady = slice(24_000, None)
    assert level(one[steady] - other[steady]) < level(one[steady]) - (60 if uses_float16(preset) else 80)


class Torch:
    """The torch twin of a preset's decoder, with pitch in Hz and loudness in dB."""

    batch = None

    def __init__(self, tensors):
        self.twin, self.units = TorchDecoder(tensors), len(tensors["pitch_0_bias"])
        self.harmonics, self.bands = len(tensors["harmonics_bias"]), len(tensors["noise_bias"])

    def decode(self, pitch, loudness, state):
        import torch

        with torch.no_grad():
            told = np.stack([(69 + 12 * np.log2(pitch / 440)) / 127, (loudness + 40) / 10], 1).astype(np.float32)
            x = torch.from_numpy(told)
            both = torch.cat([self.twin.stack("pitch", x[:, :1]), self.twin.stack("loudness", x[:, 1:])], -1)
            known, after = self.twin.gru(both[:, None], torch.from_numpy(np.ascontiguousarray(state))[None])
            out = self.twin.stack("out", torch.cat([both, known[:, 0]], -1))
            t = self.twin.tensors
            heads = [out @ t[f"{name}_weight"].T + t[f"{name}_bias"] for name in ("amplitude", "harmonics", "noise")]
            said = 2 * torch.sigmoid(torch.cat(heads, -1)) ** np.log(10) + 1e-7
        return said.numpy(), after[0].numpy()


@pytest.mark.parametrize("sizes", [1, 7, 480, 5000, [3, 500, 64, 1, 128, 77]])
def test_offline_the_sound_does_not_depend_on_the_block_size_and_nothing_is_late(sizes):
    def play(block):
        host, instrument = playing(Counting(0.001), noise=0.0)
        for i in range(8):
            note_on(host, 50 + 3 * i, frame=311 * i)
            host.send(Kind.BEND, value=np.sin(i), frame=400 * i + 97)
            host.send(Kind.LOUDNESS, value=-30.0 - i, frame=700 * i + 100)
            host.send(Kind.PITCH, i % 2, 300.0 + 11 * i, frame=700 * i + 100)
            host.send(Kind.NOTE_OFF, 50 + 3 * i, 1.0, note=50 + 3 * i, frame=500 * i + 2000)
        return rendered(host, seconds=0.2, block=block), instrument

    heard, instrument = play(sizes)
    np.testing.assert_allclose(heard, play(128)[0], atol=1e-6)
    assert int(instrument.state["mailbox"][0]) != 0
    assert instrument.late == 0


def test_in_real_time_a_fast_decoder_sounds_as_it_does_offline():
    def play(way):
        host, instrument = playing(Counting(0.001))
        note_on(host)
        note_on(host, 64, frame=1000)
        return way(host), instrument

    heard, instrument = play(lambda host: live(host, 0.2))
    expected, _ = play(lambda host: rendered(host, seconds=0.2))
    assert instrument.late == 0
    np.testing.assert_allclose(heard, expected, atol=1e-6)


def test_late_frames_are_held_and_fade_and_recover_and_the_audio_thread_never_waits():
    decoder = Constant(0.1)
    host, instrument = playing(decoder)
    note_on(host)
    before = live(host, 0.2)[:, 4800:]
    decoder.gate.clear()
    during = live(host, 0.3, answers=False)
    assert instrument.late >= 15
    assert level(during[:, :480]) > level(before) - 3
    assert level(during[:, 9600:]) < level(before) - 60
    assert np.abs(np.diff(during)).max() < 1.1 * np.abs(np.diff(before)).max()
    decoder.gate.set()
    assert waited(lambda: has_responses(instrument))
    live(host, 0.05)
    assert level(live(host, 0.1)) == pytest.approx(level(before), abs=0.5)


def test_nan_is_silent_and_the_next_frame_sounds():
    class Broken(Constant):
        broken = False

        def decode(self, pitch, loudness, state):
            heads, state = super().decode(pitch, loudness, state)
            return (heads * np.nan, state * np.nan) if self.broken else (heads, state)

    decoder = Broken(0.1)
    host, _ = playing(decoder, noise=0.0)
    note_on(host)
    whole = rendered(host, seconds=0.1)
    decoder.broken = True
    assert np.isfinite(rendered(host, seconds=0.1)).all()
    assert level(rendered(host, seconds=0.1)) < -120
    decoder.broken = False
    rendered(host, seconds=0.05)
    assert abs(level(rendered(host, seconds=0.05)) - level(whole[:, -2400:])) < 1


@pytest.mark.parametrize("batch", [1, 3, 8])
def test_a_decoder_for_a_fixed_number_of_voices_serves_any_number(batch):
    def play(size):
        decoder = Counting(0.001)
        decoder.batch = size
        host, _ = playing(decoder)
        for i in range(10):
            note_on(host, 50 + i, frame=100 * i)
        heard = rendered(host, seconds=0.1)
        return heard, {len(pitch) for pitch, *_ in decoder.calls}

    heard, sizes = play(batch)
    assert sizes == {batch}
    np.testing.assert_allclose(heard, play(None)[0], atol=1e-6)


def test_the_thread_ends_when_the_instrument_is_collected():
    def threads():
        return sum(thread.name == "luthier decoder" for thread in threading.enumerate())

    gc.collect()
    assert waited(lambda: threads() == 0)
    host, _ = playing(Constant())
    assert threads() == 1
    del host, _
    gc.collect()
    assert waited(lambda: threads() == 0)


def test_a_chain_that_was_rendered_can_be_played():
    decoder = Constant(0.1)
    host, instrument = playing(decoder)
    note_on(host)
    rendered(host, seconds=0.1)
    instrument._remote._last_catch_up -= OFFLINE_TIMEOUT_SECONDS  # as if that time had passed
    assert level(live(host, 0.1)) > -40


def test_a_reset_silences_the_instrument():
    host, instrument = playing(Constant(0.1))
    note_on(host)
    rendered(host, seconds=0.1)
    instrument.reset()
    assert not rendered(host, seconds=0.1).any()
    note_on(host)
    assert rendered(host, seconds=0.1).any()


def test_a_decoder_that_fails_reports_why_and_its_notes_fade():
    class Failing(Constant):
        fails = False

        def decode(self, pitch, loudness, state):
            if self.fails:
                raise ValueError("no more memory\nand more")
            return super().decode(pitch, loudness, state)

    decoder = Failing(0.1)
    host, instrument = playing(decoder)
    note_on(host)
    before = live(host, 0.2)[:, 4800:]
    decoder.fails = True
    after = live(host, 0.3, answers=False)
    assert waited(lambda: instrument.failure)
    assert instrument.failure == "ValueError: no more memory"
    assert level(after[:, 9600:]) < level(before) - 60
