"""The factory instruments: complete, equally loud, in tune, alike from strike to strike, true to their probes."""

import numpy as np
import pytest
import soxr
import torch

from engine.events import Kind
from engine.host import Host
from engine.instruments import make
from engine.instruments.ddsp.decode_curves import decode_curves
from engine.midi.midi_score import make_score
from engine.preset.control_performance import perform
from engine.preset.library import factory_folder
from engine.preset.preset_file import Preset, read
from engine.reference_output import PLAIN_PARAMS, deviation, event_array, render_probe
from engine.render import render
from engine.standard_chain import StandardChain
from export.loudness import TARGET_LUFS, measure_loudness
from train.ddsp.preset_weights import load_model
from train.notes.pitch import detect
from train.ssm.frame_artifacts import edge_jump_ratio
from train.ssm.tanh_rnn import run_recurrence

FACTORY = sorted(factory_folder().glob("*.luthier"))
PLUCKED = [path for path in FACTORY if path.stem in ("banjo", "guitar", "mandolin")]
DECODED = [path for path in FACTORY if read(path).header["kind"] == "ddsp"]
EVENTFUL = [path for path in FACTORY if read(path).header["kind"] == "events"]
NETWORKS = [path for path in FACTORY if read(path).header["kind"] == "ssm"]
RATE = 48_000
LATE = 16  # learned samples that what is played as learned is late where it is resampled

each = pytest.mark.parametrize("path", FACTORY, ids=lambda path: path.stem)
plucked = pytest.mark.parametrize("path", PLUCKED, ids=lambda path: path.stem)
decoded = pytest.mark.parametrize("path", DECODED, ids=lambda path: path.stem)
eventful = pytest.mark.parametrize("path", EVENTFUL, ids=lambda path: path.stem)
network = pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)


def strikes(preset, keys, velocity=90, apart=0.5, rate=RATE):
    """Each key struck alone, let go before the next: (keys, frames)."""
    host = StandardChain(rate)
    host.play([make(preset)])
    notes = []
    for i, key in enumerate(keys):
        notes += [(i * apart, (0x90, key, velocity)), ((i + 0.9) * apart, (0x80, key, 0))]
        notes += [((i + 0.98) * apart, (0xB0, 120, 0))]
    return render(host, make_score(notes), seconds=len(keys) * apart)[0].reshape(len(keys), -1)


def level(x):
    return 10 * np.log10((x.astype(np.float64) ** 2).mean(axis=-1))


def test_there_are_enough():
    assert len(FACTORY) >= 7
    assert {"guitar", "banjo", "mandolin", "celesta", "vibraphone", "piano"} <= {path.stem for path in FACTORY}
    assert {"violin", "flute", "cello"} <= {path.stem for path in DECODED}
    assert {"sugarplum", "vibes", "djembe"} <= {path.stem for path in NETWORKS}


@each
def test_it_says_what_it_is(path):
    header = read(path).header
    for name in ("name", "description", "author", "licence"):
        assert header[name].strip(), name
    assert header["source"]["recording"]
    assert header["source"]["attribution"]
    assert header["tags"]
    assert header["name"] == path.stem
    training = header["training"]
    assert training["seconds"] > 0
    assert {"version", "recipe", "config", "steps", "seed"} <= training.keys()


@each
def test_the_engine_gives_what_the_trained_model_gave(path):
    # of a decoder float16 says less than float32
    assert deviation(read(path)) < (-55 if path in DECODED + EVENTFUL else -80)


@decoded
def test_a_decoder_in_float32_says_what_torch_says(path):
    preset = read(path)
    features, curve = preset.header["features"], preset.header["probe"]["curve"]
    whole = Preset(preset.header, {name: tensor.astype(np.float32) for name, tensor in preset.tensors.items()})
    pitch, loudness = (torch.tensor(curve[name])[None] for name in ("pitch", "loudness"))
    model = load_model(whole.header, whole.tensors).double()
    with torch.no_grad():
        torch_says = model.controls(pitch.double(), (loudness.double() - features["mean"]) / features["deviation"])
    amplitude, harmonics, noise = (part[0].numpy() for part in torch_says)
    engine_says = decode_curves(whole, pitch[0].numpy(), loudness[0].numpy())
    for ours, wanted in zip(engine_says, (amplitude, harmonics / amplitude, noise), strict=True):
        assert 10 * np.log10(((ours - wanted) ** 2).sum() / (wanted**2).sum()) < -100


@decoded
def test_a_decoder_of_256_units_fits_into_three_megabytes_and_one_of_512_into_eleven(path):
    units = len(read(path).tensors["pitch_0_bias"])
    assert path.stat().st_size <= (3e6 if units <= 256 else 11e6)


@each
def test_it_is_as_loud_as_the_others(path):
    preset = read(path)
    measured = measure_loudness(preset)
    assert abs(measured - TARGET_LUFS) < 0.5
    assert abs(measured - preset.header["loudness"]["lufs"]) < 0.1


@each
def test_its_strikes_are_alike_but_not_the_same(path):
    preset = read(path)
    keys = preset.header["keys"]
    struck = strikes(preset, [(keys["low"] + keys["high"]) // 2] * 32)
    assert np.std(level(struck)) <= 1
    assert len({x.tobytes() for x in struck}) == 32


@each
@pytest.mark.verify
def test_it_is_as_loud_at_every_rate(path):
    preset = read(path)
    keys = np.round(np.linspace(preset.header["keys"]["low"], preset.header["keys"]["high"], 32)).astype(int).tolist()
    levels = [level(strikes(preset, keys, apart=0.25, rate=rate)).mean() for rate in (44_100, RATE, 96_000)]
    assert np.ptp(levels) < 0.5


@plucked
def test_every_key_is_in_tune(path):
    preset = read(path)
    keys = preset.header["keys"]
    wrong = {}
    for key, sound in zip(
        range(keys["low"], keys["high"] + 1),
        strikes(preset, range(keys["low"], keys["high"] + 1), apart=0.8),
        strict=True,
    ):
        cents = cents_off(sound, 440 * 2 ** ((key - 69) / 12))
        if abs(cents) > 10:
            wrong[key] = round(cents, 1)
    assert not wrong


@eventful
def test_every_key_of_the_middle_is_in_tune_and_evenly_loud(path):
    keys = range(40, 91)
    struck = strikes(read(path), keys, apart=0.8)
    wrong = {key: cents_off(x, 440 * 2 ** ((key - 69) / 12)) for key, x in zip(keys, struck, strict=True)}
    assert max(map(abs, wrong.values())) < 10
    assert np.abs(np.diff(level(struck))).max() <= 6


@eventful
def test_a_dictionary_of_events_is_not_larger_than_it_may_be(path):
    assert path.stat().st_size <= 12e6


@plucked
@pytest.mark.parametrize("velocity", [40, 90, 120])
def test_neighbouring_keys_are_equally_loud(path, velocity):
    preset = read(path)
    keys = range(preset.header["keys"]["low"], preset.header["keys"]["high"] + 1)
    levels = level(strikes(preset, keys, velocity))
    assert np.abs(np.diff(levels)).max() <= 3


def test_the_guitar_fits_into_two_megabytes():
    assert next(path for path in FACTORY if path.stem == "guitar").stat().st_size <= 2_000_000


@network
def test_a_network_sounds_as_it_does_in_torch_from_beginning_to_end(path):
    preset = read(path)
    plane, t = preset.header["control"], {name: torch.from_numpy(x) for name, x in preset.tensors.items()}
    control = torch.zeros(plane["dimensions"], plane["frames"])
    control[tuple(t["control_sites"].T.long())] = t["control_values"].float()
    weight, entrance, output = (t[name].float() for name in ("recurrence", "input", "output"))
    wanted = torch.sin(run_recurrence(weight, (entrance @ control).T.contiguous()) @ output.T).flatten().numpy()
    heard = render_probe(preset, {"performance": "learned", "samples": len(wanted)})
    assert len(wanted) >= 11.8 * preset.header["rate"]
    assert 10 * np.log10(((heard - wanted) ** 2).sum() / (wanted**2).sum()) < -80


@network
def test_no_edge_of_a_frame_is_heard(path):
    preset = read(path)
    plane = preset.header["control"]
    heard = render_probe(preset, {"performance": "learned", "samples": plane["frames"] * plane["hop"]})
    assert float(edge_jump_ratio(torch.from_numpy(heard), plane["hop"])) <= 1.05


@network
def test_a_network_falls_silent_from_saturated_states_without_its_gate(path):
    preset = read(path)
    host = StandardChain(RATE)
    host.play([make(preset)])
    host.set_param(host.chain[0], "gate", 0)
    middle = (preset.header["keys"]["low"] + preset.header["keys"]["high"]) // 2
    host.send(Kind.NOTE_ON, middle, 1.0, note=middle)
    render(host, seconds=0.01)
    host.chain[0]._arrays["h"][:] = 1
    heard = render(host, seconds=30, block=4096)
    assert level(heard[0, :4800]) > -60
    assert level(heard[0, -RATE:] + 1e-9) < -90


@network
@pytest.mark.parametrize("play", [0, 1])
def test_the_block_size_of_a_network_is_not_heard(path, play):
    def whole(block):
        preset = read(path)
        host = StandardChain(RATE)
        host.play([make(preset)])
        host.set_param(host.chain[0], "play", play)
        notes = [(0.05 * i, (0x90, preset.header["keys"]["low"] + 2 * i, 100)) for i in range(12)]
        return render(host, make_score(notes), 0.8, block)

    np.testing.assert_allclose(whole([1, 64, 333]), whole(1024), atol=1e-5)


@network
@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_the_performance_of_a_network_is_the_same_at_any_rate(path, rate):
    preset = read(path)
    own, seconds = preset.header["rate"], 3.0
    wanted = render_probe(preset, {"performance": "learned", "samples": round(seconds * own)}).astype(np.float64)
    plain = {
        **preset.header,
        "level": 0.0,
        "params": {**preset.header.get("params", {}), **PLAIN_PARAMS, "play": 0.0},
    }
    host = Host(rate)
    host.play([make(Preset(plain, preset.tensors))])
    heard = render(host, event_array(perform(preset.header, preset.tensors, "learned"), rate), seconds)[0]
    back = soxr.resample(heard.astype(np.float64), rate, own, "VHQ")[LATE : len(wanted)]
    below = [np.fft.rfft(x * np.hanning(len(x)))[: int(8500 / own * len(x))] for x in (back, wanted[: len(back)])]
    assert np.linalg.norm(below[0] - below[1]) < 0.01 * np.linalg.norm(below[1])


@network
def test_a_small_file_holds_a_network(path):
    assert path.stat().st_size <= 500_000


def cents_off(sound, expected):
    """How far the pitch of a sound is from an expected one in Hz."""
    return 1200 * np.log2(detect(sound, RATE, near=expected).frequency / expected)
