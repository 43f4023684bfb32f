"""Model frames that are decoded ahead: their work is spread over blocks, and their sound does not depend on it."""

import numpy as np
import pytest

from engine.dsp.decoder import WORK_ROWS, decode, pack_weights
from engine.dsp.matmul import padded
from engine.events import Kind
from engine.instruments.ddsp.initial_states import FIRST_LEVELS, first_frames, key_range, steady_states
from engine.kinds.ddsp import random_preset
from tests.support.ddsp_instrument import PLAIN, note_on, playing, send_voice
from tests.support.host_callback import render

HOP, BLOCK = 480, 64
UNITS = 128  # enough panels to cut the work at


def work_of_blocks(host, instrument, blocks, before=lambda block: None):
    """The work of the decoder in each block, as a share of a whole frame."""
    state, shares = instrument.state[0], []
    for block in range(blocks):
        before(block)
        left = state["frame_work"] - state["work_done"] if state["batch_count"] else 0
        render(host, BLOCK, BLOCK)
        left_now = state["frame_work"] - state["work_done"] if state["batch_count"] else 0
        shares.append((left - left_now) / state["frame_work"] % 1)  # at most one frame: all voices share a batch
    return np.array(shares)


def test_the_frames_of_a_chord_are_one_batch_spread_over_the_blocks_before_they_are_due():
    host, instrument = playing(half=True, units=UNITS)
    for i in range(8):
        note_on(host, 50 + 5 * i)
    render(host, 9600, BLOCK)
    shares = work_of_blocks(host, instrument, 75)
    assert shares.max() < 0.3
    assert shares.sum() == pytest.approx(75 * BLOCK / HOP, abs=1)


@pytest.mark.parametrize("kind", [Kind.VOLUME, Kind.BEND, Kind.PRESSURE])
def test_a_controller_that_moves_in_every_block_makes_no_block_decode_a_whole_frame(kind):
    host, instrument = playing(units=UNITS)
    for i in range(8):
        note_on(host, 50 + 5 * i)
    render(host, 9600, BLOCK)
    shares = work_of_blocks(
        host, instrument, 75, lambda block: host.send(kind, value=0.5 + 0.3 * np.sin(block), frame=17)
    )
    assert shares.max() < 0.4
    assert shares.sum() == pytest.approx(2 * 75 * BLOCK / HOP, abs=2)


def test_a_voice_that_is_followed_makes_no_block_decode_a_whole_frame():
    host, instrument = playing(units=UNITS)
    send_voice(host, 330.0)
    render(host, 9600, BLOCK)
    shares = work_of_blocks(
        host, instrument, 75, lambda block: send_voice(host, 330 + block, -35 + np.sin(block), onset=block % 30 == 0)
    )
    assert shares.max() < 0.85  # of an onset just before the next frame
    assert shares.sum() == pytest.approx(2 * 75 * BLOCK / HOP, abs=3)


def test_a_note_begins_without_a_frame_to_decode():
    host, instrument = playing(half=True, units=UNITS)
    for i in range(7):
        note_on(host, 50 + 5 * i, frame=3 * i)
    render(host, BLOCK)
    state = instrument.state[0]
    assert state["batch_count"] in (0, 7)  # all their second frames together
    assert state["work_done"] < 0.6 * state["frame_work"]


@pytest.mark.parametrize("sizes", [1, 64, [3, 500, 64, 1, 128, 77]])
def test_notes_of_one_block_sound_as_one_by_one(sizes):
    def play(block):
        host, _ = playing(half=True)
        for i in range(6):
            note_on(host, 50 + 5 * (i // 2), 0.8, frame=100 + 7 * i, channel=i)
        note_on(host, 80, frame=150)
        host.send(Kind.VOLUME, value=0.3, frame=120, channel=5)
        return render(host, 4000, block)

    np.testing.assert_allclose(play(sizes), play(4096), atol=1e-6)


@pytest.mark.parametrize("kind", [Kind.VOLUME, Kind.BEND])
def test_a_change_just_before_a_frame_is_due_is_reached_as_soon_as_one_foreseen(kind):
    def play(before):
        host, instrument = playing(**PLAIN)
        note_on(host)
        render(host, 9600, BLOCK)
        clock = int(instrument.state["clock"][0])
        due = int(instrument.state["voices"][0, 0]["frame_end"]) - clock
        due += HOP if due < HOP // 2 + 30 else 0
        host.send(kind, value=0.4, frame=due - before)
        heard = render(host, due + 3 * HOP, BLOCK)[0]
        return heard, due, instrument.array("harmonics")[0].copy()

    late, due, sets = play(10)
    foreseen, _, expected = play(HOP // 2 + 20)
    np.testing.assert_allclose(sets, expected, atol=1e-6)
    if kind == Kind.VOLUME:  # a pitch that bends earlier has another phase
        np.testing.assert_allclose(late[: due - 10], foreseen[: due - 10], atol=1e-6)
        np.testing.assert_allclose(late[due + HOP :], foreseen[due + HOP :], atol=2e-6)
    assert np.abs(np.diff(late)).max() < 1.2 * np.abs(np.diff(foreseen)).max()


def test_a_note_that_is_stolen_or_choked_while_its_frame_is_decoded_leaves_no_trace():
    def play(*keys):
        host, instrument = playing(**PLAIN)
        if 60 in keys:
            note_on(host, 60)
        render(host, 9600, BLOCK)
        while 60 in keys and not instrument.state["batch_count"][0]:
            render(host, BLOCK)
        render(host, 9600 + 10 * BLOCK - int(instrument.state["clock"][0]), 1)
        host.send(Kind.CHOKE)
        if 72 in keys:
            note_on(host, 72)
        return render(host, 4800, BLOCK)

    np.testing.assert_allclose(play(60, 72) - play(60), play(72), atol=2e-6)


def test_the_table_of_first_frames_is_the_output_of_the_decoder():
    header, tensors = random_preset(80, 30, seed=5)
    network = pack_weights(tensors, False)
    outputs, states = first_frames(network, header)
    steady, first = steady_states(network, header), key_range(header["pitch"])[0]
    for key, level in ((3, 0), (20, 3), (7, 6), (30, 9)):  # numbers of FIRST_LEVELS that are LOUDNESS_LEVELS
        state = steady[key, level // 3][None, None].copy()
        heads, work = np.zeros((1, 1, padded(network.heads)), "f4"), np.zeros((WORK_ROWS, 1, padded(80)), "f4")
        told = np.array([[(first + key) / 127], [FIRST_LEVELS[level]]], np.float32)
        decode(network.panels, network.vectors, network.units, told, state, work, heads)
        np.testing.assert_allclose(outputs[key, level, : network.heads], heads[0, 0, : network.heads], rtol=1e-6)
        np.testing.assert_allclose(states[key, level], state[0, 0], atol=1e-6)
