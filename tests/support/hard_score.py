"""A score of MIDI messages that asks much: chords, bends, wheels, controllers, pedals and dense notes."""

import numpy as np

from engine.events import ALL, EVENT, Kind, midi

CHORD = (48, 55, 60, 64, 67, 72)
SECONDS = 6.0


def hard_score(rate: float, seed: int = 1) -> np.ndarray:
    """Events of SECONDS at a rate in Hz, in order of frame."""
    random = np.random.default_rng(seed)
    messages: list[tuple[float, int]] = []

    def send(time: float, *message: int) -> None:
        messages.append((time, midi(*message)))

    for i, key in enumerate(CHORD):
        send(0.01 * i, 0x90, key, 12 + 23 * i)
    for i in range(40):
        send(0.5 + 0.03 * i, 0xE0, int(random.integers(128)), int(random.integers(30, 98)))
    for i in range(20):
        for controller in (1, 7, 10, 71, 74, 75, 91):
            send(1.0 + 0.021 * i, 0xB0, controller, int(random.integers(40, 128)))
    for pedal in (64, 66, 67):
        send(1.7, 0xB0, pedal, 127)
    for key in CHORD:
        send(2.0, 0x80, key, 0)
    for i in range(30):
        send(2.1 + 0.01 * i, 0xD0, 4 * i)
        send(2.1 + 0.01 * i, 0xA0, CHORD[i % 6], 4 * i)
    for i in range(36):
        key = int(random.integers(36, 96))
        send(2.2 + 0.08 * i, 0x90, key, int(random.integers(1, 128)))
        send(2.37 + 0.08 * i, 0x80, key, 0)
    for pedal in (64, 66, 67):
        send(4.5, 0xB0, pedal, 0)
    send(5.5, 0xB0, 120, 0)
    messages.sort(key=lambda message: message[0])
    events = np.zeros(len(messages), EVENT)
    events["kind"], events["note"] = Kind.MIDI, ALL
    events["frame"] = [round(time * rate) for time, _ in messages]
    events["key"] = [message for _, message in messages]
    return events
