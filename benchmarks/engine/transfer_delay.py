"""How late an instrument answers a voice: from a tone at the microphone to the tone at the speaker.

    python -m benchmarks.engine.transfer_delay [PRESET] [--json]

Sung-like tones, 15 harmonics that rise in 5 ms, begin at random moments between the blocks of the real callback. The
answer is there once the period that follows is within 6 dB of its steady level, and is within 50 cents as long as the
one after it, and stays so. A block is added: a device fills one before it asks. The rest of a device is not counted.
"""

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.chain import follow_voice, make_chain
from engine.instruments.ddsp.instrument import Ddsp
from engine.rig import Rig
from engine.voice_transfer import render_transfer

RATE, BLOCK = 48_000, 64
PITCHES, TRIALS = (150.0, 220.0, 440.0), 30
HARMONICS, RISE, SILENCE, SECONDS = 15, 0.005, 0.7, 0.5
NEAR, LEVEL, STEADY = 50.0, 6.0, 0.2  # cents, dB, seconds after which it is steady
STEP = 0.001  # seconds from one look to the next
MEDIAN, RARE = 25.0, 35.0  # goals, ms


def measure(preset: str = "violin", trials: int = TRIALS) -> list[Measurement]:
    """All rows of a preset."""
    rows = []
    for pitch in PITCHES:
        late = 1000 * np.array(measure_delays(preset, pitch, trials))
        name = f"{preset}, {pitch:g} Hz"
        rows.append(Measurement(f"{name}: from voice to answer, median", float(np.median(late)), "ms", MEDIAN, True))
        rows.append(Measurement(f"{name}: 95 of 100", float(np.percentile(late, 95)), "ms", RARE, True))
    return rows


def measure_delays(preset: str, pitch: float, trials: int) -> list[float]:
    """Seconds of so many trials; the voice is moved by octaves into the instrument's range."""
    random = np.random.default_rng(3)
    rig = Rig(RATE)
    rig.play(follow_voice(make_chain(preset)))
    instrument = rig.chain[1]
    assert isinstance(instrument, Ddsp)
    known = instrument.preset.header["pitch"]
    octaves = max(int(np.ceil(np.log2(known["low"] / (0.97 * pitch)))), 0)
    rig.set_param(rig.chain[0], "transpose", 12 * octaves)
    found = []
    for _ in range(trials):
        exact = pitch * 2 ** (random.uniform(-0.5, 0.5) / 12)
        sound, start = synthesize_voice(exact, random)
        answer = np.concatenate(list(render_transfer(rig, sound, BLOCK, tail=0.0)), axis=1)[0]
        found.append(response_delay(answer[start:], exact * 2**octaves) + BLOCK / RATE)
    return found


def synthesize_voice(pitch: float, random: np.random.Generator) -> tuple[np.ndarray, int]:
    """A tone (T,) after some silence, and the frame where it begins."""
    start = round(SILENCE * RATE) + int(random.integers(BLOCK))
    time = np.arange(round(SECONDS * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * (k * pitch * time + random.random())) / k for k in range(1, HARMONICS + 1))
    noise = 1e-4 * random.normal(size=start + len(time))
    noise[start:] += 0.1 * wave * np.minimum(time / RISE, 1)
    return noise.astype(np.float32), start


def response_delay(answer: np.ndarray, pitch: float) -> float:
    """Seconds until an answer (T,) is as loud as it will be and at its pitch, and stays so; infinite if never."""
    period = round(RATE / pitch)
    first, last = round(STEADY * RATE), round((SECONDS - 0.05) * RATE)
    steady = _level(answer[first:last])
    looks = np.arange(0, first, round(STEP * RATE))
    wrong = [abs(_level(answer[i : i + period]) - steady) > LEVEL or _off(answer[i:], period) > NEAR for i in looks]
    if wrong[-1]:
        return np.inf
    return float(looks[np.flatnonzero(wrong)[-1] + 1]) / RATE if any(wrong) else 0.0


def _level(sound: np.ndarray) -> float:
    return 10 * float(np.log10((sound.astype(np.float64) ** 2).mean() + 1e-12))


def _off(sound: np.ndarray, period: int) -> float:
    """Cents by which the first two periods of a sound (T,) are off, by the lag at which they are most alike."""
    lags = np.arange(round(0.7 * period), round(1.4 * period) + 1)
    now = sound[:period].astype(np.float64)
    alike = [now @ sound[lag : lag + period] / np.linalg.norm(sound[lag : lag + period] + 1e-12) for lag in lags]
    return 1200 * abs(float(np.log2(lags[int(np.argmax(alike))] / period)))


if __name__ == "__main__":
    run_preset_benchmark("How late an instrument answers a voice.", measure, "violin")
