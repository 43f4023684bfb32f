"""[audio thread] From frames to looks: a hop of sound is weighed, thinned and kept, then looked at."""

import numpy as np
from numba import njit

from engine.dsp import loudness, pitch
from engine.dsp.levels import MAX_SAMPLE

from .decision import choose


@njit(cache=True, error_model="numpy")
def hear(ear, samples):
    """Take samples (T,) up to the end of the hop; how many it took. When `ear.filled` is 0 then, it has looked."""
    taken = min(samples.shape[0], ear.hop - ear.filled)
    start = ear.tapped - 1 + ear.filled
    for t in range(taken):
        x = samples[t]
        if not abs(x) < MAX_SAMPLE:
            ear.broken += 1
            x = np.float32(0)
        ear.raw[start + t] = x
    ear.filled += taken
    if ear.filled == ear.hop:
        ear.filled = 0
        look(ear)
    return taken


@njit(cache=True, error_model="numpy")
def look(ear):
    """One hop has been filled: say its loudness and its pitch."""
    past = ear.tapped - 1
    fresh = ear.raw[past : past + ear.hop]
    weigh(ear, fresh)
    pitch.high_pass(fresh, ear.bass, ear.floor)
    keep(ear)
    for i in range(past):
        ear.raw[i] = ear.raw[i + ear.hop]
    choose(ear)
    ear.present = max(ear.loudness, presently(ear)) if ear.voiced and ear.since < ear.powers_kept else ear.loudness


@njit(cache=True, error_model="numpy")
def weigh(ear, samples):
    """The loudness of the last hops."""
    kept = ear.powers_kept
    ear.newest = (ear.newest + 1) % kept
    ear.powers[ear.newest] = loudness.energy(ear.sections, ear.memory, samples) / ear.hop
    ear.loudness = loudness.level(ear.powers[:kept], ear.newest, ear.triangle[:kept])


@njit(cache=True, error_model="numpy")
def presently(ear):
    """The loudness over the last period alone, which the whole window cannot know yet when a tone begins."""
    hops = min(np.intp(ear.rate / (ear.pitch * ear.hop)) + 1, ear.powers_kept)
    total = 0.0
    for i in range(hops):
        total += ear.powers[(ear.newest - i + ear.powers_kept) % ear.powers_kept]
    return max(10 * np.log10(total / hops + 1e-12), loudness.FLOOR)


@njit(cache=True, error_model="numpy")
def keep(ear):
    """Filter the hop and append it to the fine and the coarse sound."""
    count = ear.hop // ear.thin
    ear.fine_end = room(ear.fine, ear.fine_end, count)
    fresh = ear.fine[ear.fine_end : ear.fine_end + count]
    pitch.thin(ear.raw[: ear.tapped - 1 + ear.hop], ear.taps[: ear.tapped], ear.thin, fresh)
    ear.fine_end += count
    fewer = count // ear.step
    ear.coarse_end = room(ear.coarse, ear.coarse_end, fewer)
    for i in range(fewer):
        ear.coarse[ear.coarse_end + i] = fresh[i * ear.step + ear.step - 1]
    ear.coarse_end += fewer


@njit(cache=True, error_model="numpy")
def room(line, end, count):
    """Make room for `count` samples in a line that keeps at least its last half; where they begin."""
    if end + count <= line.shape[0]:
        return end
    half = line.shape[0] // 2
    for i in range(half):
        line[i] = line[end - half + i]
    return half
