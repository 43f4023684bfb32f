"""Exported plugins, in a host of plugins: sound, parameters, state, rates, and files that are none."""

import numpy as np
import pytest

from engine.effects.delay import NOTES
from engine.events import Kind
from engine.image.image_file import HEADER, checksum
from engine.instrument_chain import make_chain
from tests.shell.test_images import engine_sound
from tests.support.hard_score import SECONDS, hard_score
from tests.support.shell.clap_host import (
    EXPRESSION,
    MESSAGE,
    NO_VALUE,
    NOTE_CHOKE,
    NOTE_OFF,
    NOTE_ON,
    PARAM,
    PRESSURE,
    TUNING,
    message,
    midi_messages,
)

RATE = 48_000


@pytest.fixture(scope="module")
def celesta(clap_host, make_plugin):
    """A plugin that is open."""
    module = clap_host.open(make_plugin("celesta"))
    yield module
    module.close()


@pytest.fixture
def player(celesta):
    """An instance that plays."""
    made = celesta.create(RATE)
    yield made
    made.close()


def silence(*messages):
    return np.array([each.item() for each in messages], MESSAGE)


@pytest.mark.parametrize(
    ("name", "blocks"), [("celesta", [64]), ("violin", [5000, 300, 1, 77]), ("sugarplum", [5000, 300, 1, 77])]
)
def test_a_plugin_sounds_as_the_engine_does(clap_host, make_plugin, name, blocks):
    module = clap_host.open(make_plugin(name))
    made = module.create(RATE)
    played = made.play(midi_messages(hard_score(RATE)), round(SECONDS * RATE), blocks)
    made.close()
    module.close()
    assert np.array_equal(played, engine_sound(make_chain(name), hard_score(RATE), blocks))


def test_it_describes_itself(celesta, player):
    described = celesta.descriptor
    assert (described.name, described.id, described.vendor) == (b"celesta", b"luthier.celesta", b"Luthier")
    assert [described.features[i] for i in range(3)] == [b"instrument", b"synthesizer", b"stereo"]
    ports = [player.c.host_ports(player.address, is_input, is_audio) for is_input in (0, 1) for is_audio in (0, 1)]
    assert ports == [0, 1, 1, 0]  # notes out, sound out, notes in, sound in
    assert player.c.host_latency(player.address) == 0
    assert player.c.host_tail(player.address) >= RATE


def test_steps_are_told_in_words(clap_host, make_plugin):
    module = clap_host.open(make_plugin("celesta", kinds=("delay", "chorus", "delay")))
    made = module.create(RATE)
    for info in (each for (_, name), each in made.params().items() if name == "note"):
        for number, (name, _) in enumerate(NOTES):
            assert made.text(info, number) == name
            assert made.parse(info, name) == number
        assert made.text(info, 3.4) == NOTES[3][0]
        assert made.parse(info, "1/7") == 1.0  # a number as all others
        assert made.parse(info, "dotted") == NO_VALUE
    assert made.text(made.params()["delay", "on"], 1.0) == "on"
    assert made.text(made.params()["delay", "time"], 0.5) == "500 ms"
    made.close()
    module.close()


def test_parameters_have_names_units_ranges_and_texts(player):
    params = player.params()
    for plugin in make_chain("celesta"):
        for param in plugin.params:
            info = params[plugin.name, param.name]
            assert (info.low, info.high) == pytest.approx((param.low, param.high))
            assert player.value(info) == info.initial
            for value in np.linspace(info.low, info.high, 7):
                text = player.text(info, value)
                assert player.parse(info, text) == pytest.approx(value, abs=0.02 * (info.high - info.low)), text
    level = params["resonance", "level"]
    assert player.text(level, -6.5) == "-6.5 dB"
    assert player.parse(level, "words") == NO_VALUE
    assert player.parse(level, "1e9 dB") == level.high


def test_a_parameter_changes_on_its_frame(celesta):
    sounds = []
    for frame in (None, 10_007):
        made = celesta.create(RATE)
        level = made.params()["resonance", "level"]
        notes = [message(0, NOTE_ON, 60, 0, value=0.8)]
        turned = [message(frame, PARAM, level.id, value=level.low)] if frame else []
        sounds.append(made.play(silence(*notes, *turned), RATE // 2, [4096]))
        assert made.value(level) == (level.low if frame else level.initial)
        made.close()
    different = np.flatnonzero((sounds[0] != sounds[1]).any(axis=0))
    assert 10_007 <= different[0] < 10_007 + 64  # its smoothing begins within a run of control frames


def test_what_a_controller_turns_is_told_to_the_host(player):
    made = [(controller, param) for param in make_chain("celesta")[0].params if (controller := param.cc) is not None]
    controller, param = made[0]
    info = player.params()["resonance", param.name]
    events = np.zeros(1, hard_score(RATE).dtype)
    events["kind"], events["frame"], events["key"] = Kind.MIDI, 100, 0xB0 | controller << 8 | 127 << 16
    player.play(midi_messages(events), 1000, [256])
    assert dict(player.told())[info.id] == pytest.approx(param.high)
    assert player.value(info) == pytest.approx(param.high)


def test_notes_of_the_host_and_their_expressions_are_played(clap_host, make_plugin):
    module = clap_host.open(make_plugin("vibraphone"))

    def play(*messages):
        made = module.create(RATE)
        sound = made.play(silence(*messages), RATE, [128])
        made.close()
        return sound

    on = message(0, NOTE_ON, 69, 0, value=100 / 127)
    plain = play(on)
    midi = np.zeros(1, hard_score(RATE).dtype)
    midi["kind"], midi["key"] = Kind.MIDI, 0x90 | 69 << 8 | 100 << 16
    made = module.create(RATE)
    assert np.array_equal(plain, made.play(midi_messages(midi), RATE, [128]))
    made.close()
    tuned = play(on, message(1, EXPRESSION, TUNING, 69, 0, value=7.0))
    assert pitch(tuned) / pitch(plain) == pytest.approx(2 ** (7 / 12), rel=0.01)
    pressed = play(on, message(1, EXPRESSION, PRESSURE, 69, 0, value=0.9))
    assert not np.array_equal(pressed, plain)
    choked = play(on, message(4800, NOTE_CHOKE, 69, 0))
    assert np.abs(choked[:, 9600:]).max() < 1e-4 < np.abs(plain[:, 9600:]).max()
    released = play(on, message(4800, NOTE_OFF, -1, -1))
    module.close()
    assert np.abs(released[:, -4800:]).max() < np.abs(plain[:, -4800:]).max()


def pitch(sound):
    """Hz of the strongest partial."""
    spectrum = np.abs(np.fft.rfft(sound[0] * np.hanning(sound.shape[1])))
    return np.argmax(spectrum) * RATE / sound.shape[1]


@pytest.mark.parametrize("piece", [1, 5, 7, 1 << 20])
def test_a_state_comes_back_in_pieces_of_any_size(celesta, piece):
    first, second = celesta.create(RATE), celesta.create(RATE)
    changed = [message(0, PARAM, info.id, value=(info.low + 2 * info.high) / 3) for info in first.params().values()]
    first.play(silence(*changed), 64, [64])
    assert second.load(first.save(piece), piece)
    assert second.c.host_rescans(second.address) == 1
    for info in first.params().values():
        assert second.value(info) == first.value(info) != info.initial or info.flags & 1
    sounds = []
    for made in (first, second):
        made.c.host_deactivate(made.address)
        made.c.host_activate(made.address, RATE, 4096)
        sounds.append(made.play(midi_messages(hard_score(RATE)), RATE, [256]))
        made.close()
    assert np.array_equal(*sounds)


def test_a_damaged_state_is_refused_and_changes_nothing(player):
    state = player.save()
    for broken in (b"", state[:5], b"x" + state[1:], state[:-3]):
        assert not player.load(broken)
    assert all(player.value(info) == info.initial for info in player.params().values())
    assert player.save() == state


def test_a_reset_silences_it(player):
    player.play(silence(message(0, NOTE_ON, 60, 0, value=1.0)), 9600, [256])
    player.c.host_reset(player.address)
    player.play(silence(), 4800, [256])
    assert np.abs(player.play(silence(), 4800, [256])).max() < 1e-4


@pytest.mark.parametrize("rate", [22_050, 44_100, 88_200, 96_000, 176_400, 192_000, 32_000, 50_001])
def test_at_every_rate_it_sounds_alike(celesta, rate):
    inner = 44_100 if rate in (22_050, 44_100, 88_200, 176_400) else RATE
    made = celesta.create(rate)
    delay = made.c.host_latency(made.address)
    assert (delay == 0) == (rate == inner)
    played = made.play(midi_messages(hard_score(rate)), round(1.9 * rate), [256])[0]
    made.close()
    made = celesta.create(inner)
    expected = made.play(midi_messages(hard_score(inner)), round(1.9 * inner), [256])[0]
    made.close()
    spectra = [
        partial_levels(sound[start:], at) for sound, start, at in ((played, delay, rate), (expected, 0, inner))
    ]
    heard = spectra[1] > spectra[1].max() - 35
    difference = np.abs(spectra[0] - spectra[1])[heard]
    assert np.median(difference) < 0.15
    assert difference.max() < 2.5  # controllers turn at frames of their own rate: partials beat otherwise
    first = [np.flatnonzero(np.abs(sound) > 1e-3)[0] for sound in (played, expected)]
    assert abs(first[0] - delay - first[1] * rate / inner) < 40


def partial_levels(sound, rate):
    """dB in bands of 100 Hz up to 8 kHz, of the second half."""
    count = round(0.8 * rate)
    spectrum = np.abs(np.fft.rfft(sound[count : 2 * count] * np.hanning(count))) / rate
    bands = (np.fft.rfftfreq(count, 1 / rate) // 100).astype(int)
    return 10 * np.log10(np.bincount(bands, spectrum**2)[:80] + 1e-20)


def test_eight_instances_on_eight_threads_sound_alike(celesta, clap_host):
    players = [celesta.create(RATE) for _ in range(8)]
    messages, total = midi_messages(hard_score(RATE)), 2 * RATE
    out = np.zeros((8, 2, total), np.float32)
    addresses = np.array([made.address for made in players], np.uint64)
    clap_host.c.host_play_threads(
        addresses.ctypes.data, 8, messages.ctypes.data, len(messages), out.ctypes.data, total
    )
    for made in players:
        made.close()
    assert np.abs(out[0]).max() > 0.01
    assert all(np.array_equal(out[0], each) for each in out[1:])


def test_more_events_than_a_block_can_take_are_all_played(player, celesta):
    notes = [message(i // 40, NOTE_ON if i % 2 else NOTE_OFF, 40 + i % 50, i % 16, value=0.5) for i in range(3000)]
    assert np.isfinite(player.play(silence(*notes), RATE // 4, [4096])).all()
    other = celesta.create(RATE)
    last = [*notes, message(2000, NOTE_ON, 84, 0, value=1.0)]
    assert not np.array_equal(other.play(silence(*last), RATE // 4, [4096])[:, 2000:], 0)
    other.close()


def test_a_voice_at_its_input_is_followed(clap_host, make_plugin):
    module = clap_host.open(make_plugin("violin", voice=True))
    for rate in (RATE, 96_000):
        made = module.create(rate)
        assert made.c.host_ports(made.address, 1, 1) == 1
        time = np.arange(2 * rate) / rate
        voice = 0.2 * sum(np.sin(2 * np.pi * 220 * k * time) / k for k in range(1, 8))
        sound = made.play(silence(), 2 * rate, [256], np.stack([voice, voice]))
        made.close()
        spectrum = np.abs(np.fft.rfft(sound[0, rate:] * np.hanning(rate)))
        assert np.abs(sound[0, rate:]).max() > 0.01
        loud = np.flatnonzero(spectrum > 0.1 * spectrum.max())
        assert np.abs(loud / 220 - np.round(loud / 220)).max() < 0.03
    module.close()


def test_files_without_an_instrument_have_no_plugin(clap_host, clap_shell, tmp_path, capfd):
    path = tmp_path / "empty.clap"
    path.write_bytes(clap_shell)
    assert clap_host.open(path) is None
    assert "there is no instrument in this file" in capfd.readouterr().err


DAMAGES = {
    "no images": (lambda data: b"x" + data[1:], "no instrument"),
    "another version": (lambda data: data[:8] + b"\x09\0\0\0" + data[12:], "another version of Luthier"),
    "cut": (lambda data: data[: len(data) // 2], "cut off"),
    "a bit": (lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:], "damaged"),
    "other records": (lambda data: sealed(data, 768, 7), "another version of this player"),
}


def sealed(data, place, value):
    """A file with another byte, and the right checksum."""
    changed = bytearray(data)
    changed[place] = value
    header = np.frombuffer(bytes(changed[: HEADER.itemsize]), HEADER).copy()
    header["checksum"] = checksum(bytes(changed[HEADER.itemsize :]))
    return header.tobytes() + bytes(changed[HEADER.itemsize :])


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_in_one_line(clap_host, make_plugin, damage, capfd):
    change, words = DAMAGES[damage]
    assert clap_host.open(make_plugin("celesta", change)) is None
    told = capfd.readouterr().err
    assert words in told
    assert told.count("\n") == 1
