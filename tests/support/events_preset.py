"""A small instrument of events for tests, with random weights and keys of known pitch."""

from typing import Any

import numpy as np

from engine.preset.preset_file import Preset

LEARNED = 22_050
PITCHES, SHAPES, FRAMES, SIZE = 12, 3, 32, 24


def preset(keys: int = 20, seed: int = 3, **header: Any) -> Preset:
    """Keys 0 … 11 each play one pitch from 110 Hz on, three semitones apart; the others are noises."""
    random = np.random.default_rng(seed)

    def drawn(*shape: int, size: float = 0.1) -> np.ndarray:
        return random.normal(0, size, shape)

    embedding = drawn(keys, SIZE)
    embedding[np.arange(PITCHES), np.arange(PITCHES)] += 1
    embedding[PITCHES:, PITCHES] += 1
    wave, mix = drawn(PITCHES * SHAPES, SIZE, size=0.01), drawn(3, SIZE)
    wave[np.arange(PITCHES) * SHAPES, np.arange(PITCHES)] = 1
    mix[:, :PITCHES] += np.array([-9, -9, 2.0])[:, None]
    mix[:, PITCHES] += np.array([3.0, 0, -9])
    frequencies = 110 * 2 ** (np.arange(PITCHES) / 4)
    rooms = drawn(2, 2000) * np.exp(-np.arange(2000) / 300)
    tensors = {
        "embedding": embedding, "offset": drawn(SIZE, size=0.01), "swell": drawn(SIZE), "context": drawn(SIZE),
        "frequencies": frequencies, "wave_weight": wave, "wave_bias": np.full(PITCHES * SHAPES, -0.4),
        "decay_weight": drawn(FRAMES, SIZE), "decay_bias": np.full(FRAMES, 1.0),
        "mix_weight": mix, "mix_bias": np.zeros(3), "level_weight": drawn(1, SIZE), "level_bias": np.ones(1),
        **_stack("impulse", 8, 3, 17, drawn), **_stack("filter", 8, 3, 32, drawn),
        "noise": random.uniform(-1, 1, 512 + 32), "rooms": rooms, "room": 0.3 * rooms[0],
        "gains": np.array([0.7, 0.3, 0.0]),
        "pitch": np.where(np.arange(keys) < PITCHES, np.resize(frequencies, keys), 0.0),
        "use": random.uniform(0.5, 1, keys), "strength": np.ones(keys),
    }  # fmt: skip
    whole = {name: np.ascontiguousarray(tensor, np.float32) for name, tensor in tensors.items()}
    told = {"published": False, "shapes": ["sine", "sawtooth", "square"], "decays": [0.5, 0.999]}
    header = {
        "format_version": "1.0", "kind": "events", "name": "small", "rate": LEARNED, "dry": 0.7, "decoder": told,
        **header,
    }  # fmt: skip
    header["params"] = {"variation": 0.0, **header.get("params", {})}
    return Preset(header, whole)


def _stack(name: str, width: int, steps: int, outputs: int, drawn: Any) -> dict[str, np.ndarray]:
    return {
        f"{name}_in_weight": drawn(4 * width, SIZE), f"{name}_in_bias": drawn(4 * width),
        f"{name}_up_weight": drawn(steps, width, width, 4), f"{name}_up_bias": drawn(steps, width),
        f"{name}_out_weight": drawn(outputs, width, 3), f"{name}_out_bias": drawn(outputs),
    }  # fmt: skip
