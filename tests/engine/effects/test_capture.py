"""Capture: what is played is what is drained, also around the end of the ring."""

import numpy as np

from engine.effects.capture import RING_FRAMES, Capture, MicrophoneCapture
from engine.events import Kind
from engine.host import Host
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Organ, Signal


def test_a_full_ring_keeps_its_frames_and_counts_those_that_are_lost():
    capture = Capture()
    host = Host(48_000, tail=[capture])
    host.play([Organ()])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    render(host, 1000)
    capture.start()
    heard = render(host, RING_FRAMES + 10_000, 4096)
    drained = capture.drain()
    np.testing.assert_array_equal(drained, heard[:, : drained.shape[1]])
    assert drained.shape[1] + capture.lost == RING_FRAMES + 10_000


def test_the_ring_wraps_without_losing_a_frame():
    capture = Capture()
    host = Host(48_000, tail=[capture])
    host.play([Organ()])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    capture.start()
    heard, drained = [], []
    for _ in range(4):
        heard.append(render(host, RING_FRAMES // 3, 4096))
        drained.append(capture.drain())
    capture.stop()
    render(host, 1000)
    drained.append(capture.drain())
    np.testing.assert_array_equal(np.concatenate(drained, axis=1), np.concatenate(heard, axis=1))
    assert capture.lost == 0


def test_the_microphone_is_captured_and_not_heard(random):
    host, microphone = StandardChain(RATE), MicrophoneCapture()
    host.memory["inputs"] = 0
    audio = random.uniform(-0.5, 0.5, (2, 3000)).astype(np.float32)
    organ = Organ()
    host.play([organ])
    host.edit_chain([Signal(audio), microphone, organ])
    microphone.start()
    assert not render(host, 3000).any()
    np.testing.assert_array_equal(microphone.drain(), audio)
    assert microphone.listens
