"""The resonance instrument, heard through the real callback and held against its closed form."""

import numpy as np
import pytest

from engine.events import Kind
from engine.host import Host
from engine.instruments.resonance import Resonance
from engine.instruments.resonance.tables import PRESENT
from engine.preset import Preset
from tests.playing import render

LEARNED = 22_050
FREQUENCY = np.array([220.0, 441.3, 663.7, 1109.0, 2987.0])
DECAY = np.array([3.0, 4.0, 7.0, 15.0, 40.0])
AMPLITUDE = np.array([0.1, 0.06, 0.05, 0.02, 0.01])
PHASE = np.array([0.0, 1.0, -2.0, 0.5, 3.0])


def preset(
    *, layers=1, variants=1, attack=256, hiss=0.0, envelope=0.0, knock=(), strike=(1.0,), gain=0.0, control=False
):
    """One resonance at 220 Hz; upper layers are louder and ring shorter, upper variants are mistuned."""
    shape = (1, layers, variants, len(FREQUENCY))
    louder = 2.0 ** np.arange(layers)[:, None, None]
    tensors = {
        "frequency": np.broadcast_to(FREQUENCY * (1 + 0.07 * np.arange(variants)[:, None]), shape),
        "decay": np.broadcast_to(DECAY * louder, shape),
        "amplitude": np.broadcast_to(AMPLITUDE * louder, shape),
        "phase": np.broadcast_to(PHASE, shape),
        "place": np.zeros((1, variants, len(FREQUENCY))),
        "strike": np.broadcast_to(np.asarray(strike), (1, layers, len(strike))),
        "knock": np.broadcast_to(np.asarray(knock), (1, layers, len(knock))),
        "envelope": np.full((1, layers, 8), envelope),
        "hiss": np.full((1, layers, 8), hiss),
        "gain": np.array([gain]),
        "pitch": np.array([220.0]),
        "velocity": np.linspace(0.25, 1, layers)[None] if layers > 1 else np.array([[0.8]]),
    }
    header = {"kind": "resonance", "name": "test", "rate": LEARNED, "attack": attack}
    if control:
        tensors |= {"router": np.array([[1.0], [-0.5]]), "map_keys": np.full((2, 128), 0.5)}
        header |= {"params": {"play": 0}, "control": {"dimensions": 2, "frames": 8, "hop": 128}}
    return Preset(header, {name: np.array(tensor, np.float32) for name, tensor in tensors.items()})


def playing(*, rate=LEARNED, seed=0, **what):
    """A host that plays the preset, and its instrument."""
    instrument, host = Resonance(preset(**what), seed), Host(rate)
    host.play([instrument])
    return host, instrument


def strike(host, key=57, velocity=0.8, frame=-1):
    host.send(Kind.NOTE_ON, key, velocity, note=key, frame=frame)


def ringing(frames, ratio=1.0, rate=LEARNED):
    """The closed form of the modes struck by one sample."""
    time = np.arange(frames)[:, None] / rate
    turning = np.exp(-DECAY * ratio * time) * np.cos(2 * np.pi * FREQUENCY * ratio * time + PHASE)
    return (AMPLITUDE * turning).sum(1)


def level(x):
    """dB of the mean square."""
    return 10 * np.log10((np.asarray(x, np.float64) ** 2).mean() + 1e-30)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize(("key", "ratio"), [(57, 1.0), (64, 2 ** (7 / 12)), (45, 0.5)])
def test_a_note_is_its_closed_form_at_any_rate(rate, key, ratio):
    host, _ = playing(rate=rate)
    strike(host, key)
    heard = render(host, rate // 2)
    np.testing.assert_allclose(heard[0], ringing(rate // 2, ratio, rate), atol=2e-6)
    np.testing.assert_array_equal(heard[0], heard[1])


def test_what_is_heard_directly_is_added_to_the_modes():
    knock = np.random.default_rng(0).normal(0, 0.1, 300)
    host, _ = playing(knock=knock)
    strike(host)
    expected = ringing(4096)
    expected[:300] += knock
    np.testing.assert_allclose(render(host, 4096)[0], expected, atol=2e-6)


def test_a_long_strike_is_convolved_with_the_modes():
    blow = np.random.default_rng(1).normal(0, 0.3, 100)
    host, _ = playing(strike=blow)
    strike(host)
    np.testing.assert_allclose(render(host, 4096)[0], np.convolve(ringing(4096), blow)[:4096], atol=5e-6)


def test_the_gain_bends_the_sum_through_tanh():
    host, _ = playing(gain=6.0)
    strike(host)
    np.testing.assert_allclose(render(host, 4096)[0], np.tanh(6 * ringing(4096)), atol=1e-5)


def test_noise_is_the_table_in_the_shape_of_its_envelope():
    host, instrument = playing(hiss=0.5, attack=1000)
    host.set(instrument, "variation", 0)
    strike(host)
    noise = np.random.default_rng(1).uniform(-1, 1, 1 << 16).astype(np.float32)
    expected = ringing(4096)
    expected[:1000] += 0.5 * noise[:1000]
    np.testing.assert_allclose(render(host, 4096)[0], expected, atol=2e-6)


@pytest.mark.parametrize("sizes", [1, 7, 64, [3, 500, 64, 1, 128, 77]])
def test_the_block_size_is_not_heard(sizes):
    def play(block):
        host, instrument = playing(rate=48_000, hiss=0.2, envelope=0.05, knock=np.ones(50) * 0.01, variants=2)
        for i in range(20):
            strike(host, 40 + 2 * i, 0.5 + 0.02 * i, frame=311 * i)
            host.send(Kind.BEND, value=np.sin(i), frame=311 * i + 97)
            host.send(Kind.NOTE_OFF, 40 + 2 * i, 1.0, note=40 + 2 * i, frame=400 * i + 3000)
        host.send(Kind.MODULATION, value=0.7, frame=2000)
        host.set(instrument, "brightness", 3.0, frame=2500)
        return render(host, 16_384, block)

    np.testing.assert_allclose(play(sizes), play(4096), atol=1e-6)


@pytest.mark.parametrize("frame", [0, 1, 63, 64, 100, 777])
def test_a_note_begins_on_its_frame(frame):
    host, _ = playing(rate=48_000)
    strike(host, frame=frame)
    heard = render(host, 1024)[0]
    assert not heard[:frame].any()
    assert heard[frame] != 0


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_the_level_of_noisy_strikes_is_that_at_the_learned_rate(rate):
    def mean_level(rate):
        host, _ = playing(rate=rate, strike=(0.0,), envelope=1.0, hiss=0.05, attack=1500)
        apart = rate // 4
        for i in range(64):
            strike(host, frame=i * apart)
        return np.mean([level(part) for part in render(host, 64 * apart)[0].reshape(64, apart)])

    assert abs(mean_level(rate) - mean_level(LEARNED)) < 0.5


def test_strikes_of_one_key_are_alike_but_never_the_same():
    host, _ = playing(rate=48_000, hiss=0.05, envelope=0.02)
    for i in range(32):
        strike(host, frame=i * 6000)
    strikes = render(host, 32 * 6000)[0].reshape(32, 6000)
    assert np.std([level(x) for x in strikes]) < 1
    assert len({x.tobytes() for x in strikes[:, :200]}) == 32


def test_the_seed_decides_the_noise():
    def play(seed):
        host, _ = playing(hiss=0.5, seed=seed)
        strike(host)
        return render(host, 256)

    np.testing.assert_array_equal(play(3), play(3))
    assert np.abs(play(3) - play(4)).max() > 0.1


@pytest.mark.parametrize(("damping", "fall"), [(1.0, 60.0), (0.5, 30.0), (0.0, 0.0)])
def test_a_note_let_go_falls_as_its_release_says(damping, fall):
    def after(let_go):
        host, instrument = playing(rate=48_000)
        host.set(instrument, "release", 0.5)
        strike(host)
        if let_go:
            host.send(Kind.NOTE_OFF, 57, damping, note=57, frame=4800)
        return level(render(host, 48_000)[0, 4800 + 24_000 - 500 : 4800 + 24_000 + 500])

    assert after(False) - after(True) == pytest.approx(fall, abs=1.0)


def test_a_pedal_pressed_again_holds_what_still_sounds():
    host, _ = playing(rate=48_000)
    strike(host)
    host.send(Kind.NOTE_OFF, 57, 1.0, note=57, frame=4800)
    host.send(Kind.NOTE_OFF, 57, 0.0, note=57, frame=7200)
    heard = render(host, 48_000)[0]
    fall = level(heard[12_000:13_000]) - level(heard[24_000:25_000])
    held = level(ringing(48_000, rate=48_000)[12_000:13_000]) - level(ringing(48_000, rate=48_000)[24_000:25_000])
    assert fall == pytest.approx(held, abs=0.5)


def cents_from(heard, rate, expected):
    """The first partial, by the phase that it gains between two windows, in cents above the expected frequency."""
    length = rate // 4
    time = np.arange(length) / rate
    probe = np.hanning(length) * np.exp(-2j * np.pi * expected * time)
    first, second = (probe * heard[:length]).sum(), (probe * heard[length // 8 :][:length]).sum()
    turn = np.angle(second / first * np.exp(-2j * np.pi * expected * (length // 8) / rate))
    return 1200 * np.log2(1 + turn / (2 * np.pi * (length // 8) / rate) / expected)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("semitones", [0.0, 2.0, -1.37])
def test_a_bend_moves_the_pitch(rate, semitones):
    host, _ = playing(rate=rate)
    strike(host)
    host.send(Kind.BEND, value=semitones)
    heard = render(host, rate)[0, rate // 4 :]
    assert abs(cents_from(heard, rate, 220 * 2 ** (semitones / 12))) < 1


def test_the_wheel_sways_the_pitch():
    host, instrument = playing(rate=48_000)
    host.set(instrument, "vibrato", 100)
    host.set(instrument, "speed", 2)
    host.send(Kind.MODULATION, value=1.0)
    strike(host)
    heard = render(host, 48_000)[0]
    crossings = np.flatnonzero((heard[:-1] < 0) & (heard[1:] >= 0))
    early, late = (
        np.diff(crossings[crossings < 10_000]),
        np.diff(crossings[(crossings > 14_000) & (crossings < 22_000)]),
    )
    assert np.median(early) < 48_000 / 224 < 48_000 / 216 < np.median(late)


def test_velocity_goes_from_layer_to_layer():
    def play(velocity):
        host, _ = playing(layers=3)
        strike(host, velocity=velocity)
        return render(host, 2048)[0]

    time = np.arange(2048)[:, None] / LEARNED
    turning = np.cos(2 * np.pi * FREQUENCY * time + PHASE)

    def energy(doublings):
        return (AMPLITUDE**2 * 4.0**doublings / (DECAY * 2.0**doublings + PRESENT)).sum()

    for velocity, doublings in ((0.25, 0), (0.625, 1), (1.0, 2), (0.25 + 0.375 / 2, 0.5)):
        loud = 2.0**doublings
        low, high = energy(np.floor(doublings)), energy(np.ceil(doublings))
        even = np.sqrt(np.sqrt(low * high) / energy(doublings))
        expected = (even * AMPLITUDE * loud * np.exp(-DECAY * loud * time) * turning).sum(1)
        np.testing.assert_allclose(play(velocity), expected, atol=2e-5)


def test_softer_than_recorded_is_softer_and_duller():
    def spectrum(velocity):
        host, _ = playing()
        strike(host, velocity=velocity)
        return np.abs(np.fft.rfft(render(host, LEARNED)[0]))

    soft, loud = spectrum(0.2), spectrum(0.8)
    assert soft[220] < 0.5 * loud[220]
    assert soft[2987] / soft[220] < 0.7 * loud[2987] / loud[220]


def test_variants_are_cross_faded_by_the_softmax_of_their_logits():
    host, _ = playing(variants=2)
    strike(host)
    heard = render(host, 4096)[0]
    weights = np.exp([1.0, 0.0]) / np.exp([1.0, 0.0]).sum()
    expected = weights[0] * ringing(4096) + weights[1] * mistuned(4096)
    np.testing.assert_allclose(heard, expected, atol=2e-6)


def test_a_deformation_ramps_from_middle_to_middle():
    host, _ = playing(variants=2)
    strike(host)
    host.send(Kind.DEFORM, 1, 3.0, frame=1000)
    heard = render(host, 4096)[0]
    start, end = (np.exp(x) / np.exp(x).sum() for x in (np.array([1.0, 0.0]), np.array([1.0, 3.0])))
    share = np.clip((np.arange(4096) - 1000 + 0.5) / 128, 0, 1)
    share[:1000] = 0
    first = start[0] + share * (end[0] - start[0])
    np.testing.assert_allclose(heard, first * ringing(4096) + (1 - first) * mistuned(4096), atol=2e-6)


def mistuned(frames):
    """The second variant of `preset`."""
    time = np.arange(frames)[:, None] / LEARNED
    turning = np.exp(-DECAY * time) * np.cos(2 * np.pi * 1.07 * FREQUENCY * time + PHASE)
    return (AMPLITUDE * turning).sum(1)


def test_as_learned_a_control_goes_through_the_router():
    host, _ = playing(control=True)
    host.send(Kind.CONTROL, 0, 0.5, frame=100)
    host.send(Kind.CONTROL, 1, 0.4, frame=100)
    host.send(Kind.CONTROL, 1, 2.0, frame=700)
    expected = np.zeros(4096)
    expected[100:] += 0.3 * ringing(3996)
    expected[700:] -= ringing(3396)
    np.testing.assert_allclose(render(host, 4096)[0], expected, atol=2e-6)


def test_as_learned_a_key_excites_what_it_was_mapped_to():
    host, _ = playing(control=True)
    strike(host, 60, 0.8)
    np.testing.assert_allclose(render(host, 4096)[0], 0.8 * 0.25 * ringing(4096), atol=2e-6)


def test_a_choke_ends_everything_within_fifty_milliseconds_without_a_click():
    host, _ = playing(rate=48_000)
    strike(host)
    host.send(Kind.CHOKE, frame=4800)
    heard = render(host, 9600)[0]
    assert not heard[4800 + 2400 :].any()
    assert np.abs(np.diff(heard[4700:])).max() < 1.2 * np.abs(np.diff(heard[4000:4700])).max()


def test_what_was_choked_as_learned_sounds_again():
    host, _ = playing(control=True)
    host.send(Kind.CONTROL, 0, 1.0)
    host.send(Kind.CHOKE, frame=100)
    render(host, 8192)
    host.send(Kind.CONTROL, 0, 1.0, frame=8192)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)


def test_the_sixty_fifth_note_takes_the_oldest_without_a_click():
    host, instrument = playing(rate=48_000)
    for i in range(70):
        strike(host, 30 + i, frame=100 * i)
    heard = render(host, 12_000)[0]
    voices = instrument.state["voices"][0]
    held = voices["key"][voices["stage"] == 1].tolist()
    assert sorted(held) == list(range(36, 100))
    assert np.isfinite(heard).all()


def test_a_repeated_note_replaces_itself():
    host, instrument = playing(rate=48_000)
    for i in range(10):
        strike(host, 57, frame=4800 * i)
    render(host, 48_000 + 4800)
    assert (instrument.state["voices"]["stage"][0] == 1).sum() == 1


def test_a_silent_note_gives_its_voice_back():
    host, instrument = playing(rate=48_000)
    strike(host)
    host.send(Kind.NOTE_OFF, 57, 1.0, note=57)
    render(host, 48_000)
    assert not instrument.state["voices"]["stage"].any()


def test_a_broken_voice_is_cleared():
    host, instrument = playing(rate=48_000)
    strike(host)
    render(host, 128)
    instrument._arrays["banks"][:, 0, 0] = np.nan
    render(host, 128)
    strike(host)
    assert np.isfinite(render(host, 4096)).all()


def test_changing_how_keys_play_ends_what_sounds_and_goes_on():
    host, instrument = playing(control=True)
    host.send(Kind.CONTROL, 0, 1.0)
    render(host, 512)
    host.set(instrument, "play", 1)
    render(host, 4096)
    strike(host, 57, frame=host.frame)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)
    host.set(instrument, "play", 0)
    render(host, 4096)
    host.send(Kind.CONTROL, 0, 1.0, frame=host.frame)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)


def test_place_is_where_a_mode_stands():
    what = preset()
    what.tensors["place"][0, 0] = [-1, 1, 0, 0.5, 0]
    host = Host(LEARNED)
    host.play([Resonance(what)])
    strike(host)
    left, right = np.abs(np.fft.rfft(render(host, LEARNED)))
    assert left[441] < 0.05 * right[441]
    assert right[220] < 0.05 * left[220]
    assert right[1109] / left[1109] == pytest.approx(np.tan(3 * np.pi / 8), rel=0.05)
