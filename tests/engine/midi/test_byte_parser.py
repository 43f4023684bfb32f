"""Byte streams, against the messages that were written into them."""

from hypothesis import given
from hypothesis import strategies as st

from engine.events import midi
from engine.midi.byte_parser import ByteParser

DATA = st.integers(0, 127)
CHANNEL = st.one_of(
    st.tuples(st.sampled_from([*range(0x80, 0xC0), *range(0xE0, 0xF0)]), DATA, DATA),
    st.tuples(st.integers(0xC0, 0xDF), DATA),
)
EXCLUSIVE = st.lists(DATA, max_size=5).map(lambda data: (0xF0, *data, 0xF7))
REALTIME = st.sampled_from([0xF8, 0xFA, 0xFE])


def test_running_status_repeats_the_status():
    assert list(ByteParser().feed([0x90, 60, 100, 62, 100, 62, 0])) == [
        midi(0x90, 60, 100), midi(0x90, 62, 100), midi(0x90, 62, 0),
    ]  # fmt: skip


def test_a_real_time_byte_may_interrupt_a_message():
    assert list(ByteParser().feed([0x90, 0xF8, 60, 0xFE, 100])) == [0xF8, 0xFE, midi(0x90, 60, 100)]


def test_data_without_a_status_is_ignored():
    assert list(ByteParser().feed([60, 100, 0xF0, 1, 2, 0xF7, 60, 100, 0xC0, 5])) == [midi(0xC0, 5)]


def test_a_system_message_ends_running_status():
    assert list(ByteParser().feed([0x90, 60, 1, 0xF3, 7, 61, 1])) == [midi(0x90, 60, 1), midi(0xF3, 7)]


@given(st.lists(st.one_of(CHANNEL, EXCLUSIVE)), st.lists(st.tuples(st.integers(0, 10**6), REALTIME)), st.data())
def test_every_message_comes_out_however_the_stream_is_cut_and_mixed(messages, realtime, data):
    stream, status = [], 0
    for message in messages:
        short = message[0] == status and data.draw(st.booleans())
        stream += message[1:] if short else message
        status = message[0] if message[0] < 0xF0 else 0
    for place, byte in realtime:
        stream.insert(place % (len(stream) + 1), byte)
    cut = data.draw(st.integers(0, len(stream)))
    wire = ByteParser()
    heard = [*wire.feed(stream[:cut]), *wire.feed(stream[cut:])]
    assert [key for key in heard if key < 0xF8 or key > 0xFF] == [
        midi(*message) for message in messages if message[0] < 0xF0
    ]
    assert sum(0xF8 <= key <= 0xFF for key in heard) == len(realtime)


@given(st.binary())
def test_any_bytes_give_messages_of_seven_bit_data(stream):
    for key in ByteParser().feed(stream):
        assert key & 0xFF >= 0x80
        assert key & 0x808000 == 0
        assert key < 1 << 24
