"""Latency of an instrument that follows a voice: from a tone at the microphone to the tone at the speaker.

    python -m benchmarks.engine.transfer_delay [PRESET] [--json]

Voice-like tones, 15 harmonics that rise in 5 ms, start at random moments between the blocks of the real callback. The
output has arrived once the period that follows is within 6 dB of its steady level and, with the next one, within 50
cents of the pitch, and stays so. One block is added, which a device fills before the callback; its other latency is
not counted.
"""

import numpy as np

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.instrument_chain import follow_voice, make_chain
from engine.instruments.ddsp.instrument import Ddsp
from engine.pitch_and_frequency import cents_of, ratio_of
from engine.standard_chain import StandardChain
from engine.voice_transfer import render_transfer

RATE, BLOCK = 48_000, 64
PITCHES, TRIALS = (150.0, 220.0, 440.0), 30
HARMONICS, RISE_SECONDS, SILENCE_SECONDS, TONE_SECONDS = (
    15,
    0.005,
    0.7,
    0.5,
)  # of a tone; rise time, silence before it and its length in seconds
MAX_CENTS, MAX_LEVEL_DB, STEADY_SECONDS = (
    50.0,
    6.0,
    0.2,
)  # tolerances in cents and dB; seconds after which the output is steady
STEP_SECONDS = 0.001  # seconds between two checks
MAX_MEDIAN_MS, MAX_PERCENTILE_95_MS = 25.0, 35.0  # goals


def measure(preset: str = "violin", trials: int = TRIALS) -> list[Measurement]:
    """Measure a preset."""
    measurements = []
    for pitch in PITCHES:
        delays_ms = 1000 * np.array(measure_delays(preset, pitch, trials))
        name = f"{preset}, {pitch:g} Hz"
        measurements.append(
            Measurement(
                f"{name}: from voice to answer, median", float(np.median(delays_ms)), "ms", MAX_MEDIAN_MS, True
            )
        )
        measurements.append(
            Measurement(f"{name}: 95 of 100", float(np.percentile(delays_ms, 95)), "ms", MAX_PERCENTILE_95_MS, True)
        )
    return measurements


def measure_delays(preset: str, pitch: float, trials: int) -> list[float]:
    """Seconds of each trial; the voice is transposed by octaves into the instrument's range."""
    random = np.random.default_rng(3)
    host = StandardChain(RATE)
    host.play(follow_voice(make_chain(preset)))
    instrument = host.chain[1]
    assert isinstance(instrument, Ddsp)
    pitch_range = instrument.preset.header["pitch"]
    octaves = max(int(np.ceil(np.log2(pitch_range["low"] / (0.97 * pitch)))), 0)
    host.set_param(host.chain[0], "transpose", 12 * octaves)
    delays = []
    for _ in range(trials):
        tone_pitch = pitch * ratio_of(random.uniform(-0.5, 0.5))
        sound, start = synthesize_voice(tone_pitch, random)
        output = np.concatenate(list(render_transfer(host, sound, BLOCK, tail=0.0)), axis=1)[0]
        delays.append(response_delay(output[start:], tone_pitch * 2**octaves) + BLOCK / RATE)
    return delays


def synthesize_voice(pitch: float, random: np.random.Generator) -> tuple[np.ndarray, int]:
    """A tone (T,) after some silence, and the frame at which it starts."""
    start = round(SILENCE_SECONDS * RATE) + int(random.integers(BLOCK))
    time = np.arange(round(TONE_SECONDS * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * (k * pitch * time + random.random())) / k for k in range(1, HARMONICS + 1))
    noise = 1e-4 * random.normal(size=start + len(time))
    noise[start:] += 0.1 * wave * np.minimum(time / RISE_SECONDS, 1)
    return noise.astype(np.float32), start


def response_delay(output: np.ndarray, pitch: float) -> float:
    """Seconds until an output (T,) has its steady level and pitch, and stays so; infinite if it never does."""
    period = round(RATE / pitch)
    first, last = round(STEADY_SECONDS * RATE), round((TONE_SECONDS - 0.05) * RATE)
    steady = _level(output[first:last])
    positions = np.arange(0, first, round(STEP_SECONDS * RATE))
    is_wrong = [
        abs(_level(output[i : i + period]) - steady) > MAX_LEVEL_DB
        or _deviation_cents(output[i:], period) > MAX_CENTS
        for i in positions
    ]
    if is_wrong[-1]:
        return np.inf
    return float(positions[np.flatnonzero(is_wrong)[-1] + 1]) / RATE if any(is_wrong) else 0.0


def _level(sound: np.ndarray) -> float:
    """Mean level in dB."""
    return 10 * float(np.log10((sound.astype(np.float64) ** 2).mean() + 1e-12))


def _deviation_cents(sound: np.ndarray, period: int) -> float:
    """Deviation in cents of the first two periods of a sound (T,), by the lag of highest correlation."""
    lags = np.arange(round(0.7 * period), round(1.4 * period) + 1)
    first_period = sound[:period].astype(np.float64)
    correlation = [
        first_period @ sound[lag : lag + period] / np.linalg.norm(sound[lag : lag + period] + 1e-12) for lag in lags
    ]
    return abs(float(cents_of(lags[int(np.argmax(correlation))] / period)))


if __name__ == "__main__":
    run_preset_benchmark("Latency of an instrument that follows a voice.", measure, "violin")
