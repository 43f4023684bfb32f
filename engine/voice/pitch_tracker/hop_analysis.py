"""[audio thread] Collect hops of samples: measure loudness, filter, decimate, then decide the pitch."""

import numpy as np

from engine.dsp import autocorrelation, loudness
from engine.dsp.decibels import MAX_SAMPLE
from engine.kernel import njit

from .decision import decide


@njit(cache=True, error_model="numpy")
def track(tracker, samples):
    """Take samples (T,) up to the end of the hop, and analyse the hop once full (`filled` is 0); number taken."""
    taken = min(samples.shape[0], tracker.hop - tracker.filled)
    start = tracker.tap_count - 1 + tracker.filled
    for t in range(taken):
        x = samples[t]
        if not abs(x) < MAX_SAMPLE:
            tracker.bad_samples += 1
            x = np.float32(0)
        tracker.raw[start + t] = x
    tracker.filled += taken
    if tracker.filled == tracker.hop:
        tracker.filled = 0
        _analyze(tracker)
    return taken


@njit(cache=True, error_model="numpy")
def _analyze(tracker):
    """Analyse a full hop: loudness and pitch."""
    past = tracker.tap_count - 1
    samples_of_hop = tracker.raw[past : past + tracker.hop]
    _update_loudness(tracker, samples_of_hop)
    autocorrelation.high_pass(samples_of_hop, tracker.high_pass_memory, tracker.high_pass_pole)
    _append_hop(tracker)
    for i in range(past):
        tracker.raw[i] = tracker.raw[i + tracker.hop]
    decide(tracker)
    tracker.current_loudness = (
        max(tracker.loudness, _loudness_of_last_period(tracker))
        if tracker.voiced and tracker.hops_since_onset < tracker.power_count
        else tracker.loudness
    )


@njit(cache=True, error_model="numpy")
def _update_loudness(tracker, samples):
    """Measure the loudness over the last hops."""
    kept = tracker.power_count
    tracker.newest = (tracker.newest + 1) % kept
    tracker.powers[tracker.newest] = loudness.filtered_energy(tracker.sections, tracker.memory, samples) / tracker.hop
    tracker.loudness = loudness.windowed_level(tracker.powers[:kept], tracker.newest, tracker.triangle[:kept])


@njit(cache=True, error_model="numpy")
def _loudness_of_last_period(tracker):
    """The loudness over the last period alone: at an onset the full window still holds what was before."""
    hops = min(np.intp(tracker.rate / (tracker.pitch * tracker.hop)) + 1, tracker.power_count)
    total = 0.0
    for i in range(hops):
        total += tracker.powers[(tracker.newest - i + tracker.power_count) % tracker.power_count]
    return max(10 * np.log10(total / hops + 1e-12), loudness.FLOOR_DB)


@njit(cache=True, error_model="numpy")
def _append_hop(tracker):
    """Filter the hop, and append it to the fine and coarse buffers."""
    count = tracker.hop // tracker.fine_step
    tracker.fine_end = _make_room(tracker.fine, tracker.fine_end, count)
    samples_of_hop = tracker.fine[tracker.fine_end : tracker.fine_end + count]
    autocorrelation.decimate(
        tracker.raw[: tracker.tap_count - 1 + tracker.hop],
        tracker.taps[: tracker.tap_count],
        tracker.fine_step,
        samples_of_hop,
    )
    tracker.fine_end += count
    fewer = count // tracker.coarse_step
    tracker.coarse_end = _make_room(tracker.coarse, tracker.coarse_end, fewer)
    for i in range(fewer):
        tracker.coarse[tracker.coarse_end + i] = samples_of_hop[i * tracker.coarse_step + tracker.coarse_step - 1]
    tracker.coarse_end += fewer


@njit(cache=True, error_model="numpy")
def _make_room(line, end, count):
    """Make room for `count` samples in a buffer that keeps at least its last half; the offset of the new samples."""
    if end + count <= line.shape[0]:
        return end
    half = line.shape[0] // 2
    for i in range(half):
        line[i] = line[end - half + i]
    return half
