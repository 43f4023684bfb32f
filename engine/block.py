"""[audio thread] Processing of one block: gather the events, run the plugins, crossfade, and update the meters.

    head ▸ chain ▸ tail

The head turns MIDI into notes and the tail limits the output: both are fixed. The chain between them, the
instrument and its effects, is replaced while it plays: a new chain is written beside the one that plays,
published by its version number, and faded in while the old one fades out.
"""

import numpy as np

from engine.kernel import njit
from engine.plugin import BURST, MAX_BLOCK_FRAMES

from .events import ALL, EVENT, Kind
from .perf_counter import now
from .pointers import invoke, load_acquire, store_release
from .ring import CURSORS, HEAD, TAIL, copy, push

MAX_SLOTS = 32  # plugins in a chain
MAX_SOURCES = 5  # rings of events, each written by one thread
MAIN_RING, TIMED_RING, DEVICE_RING = 0, 1, 2  # of the main thread, without and with a frame; of the device's MIDI
RING_SIZE = 4096  # events
MAX_BLOCK_EVENTS = BURST // 2  # taken from the rings in one block; the rest of BURST is for what plugins emit
FADE_SECONDS = 0.02  # of the crossfade from the old chain to the new
PUBLISHED, ACTIVE = 0, 8  # indices of the version that should play, and of the one that has replaced all before it
PEAK_DECAY_SECONDS = 0.15  # in which the peak meter falls to 1/e
RMS_WINDOW_SECONDS = 0.3

SLOT = np.dtype([("process", "u8"), ("state", "u8")], align=True)
HOST = np.dtype(
    [
        ("rate", "f8"),  # Hz
        ("frame", "i8"),  # absolute frame of the next block
        ("epoch", "f8"),  # the time of frame 0, estimated from the callbacks
        ("head", SLOT, (MAX_SLOTS,)),
        ("chains", SLOT, (2, MAX_SLOTS)),  # one plays while the other is written
        ("tail", SLOT, (MAX_SLOTS,)),
        ("used", "i8", (4,)),  # slots of the two chains, the head and the tail
        ("version", "i8", (CURSORS,)),  # of the chain: PUBLISHED and ACTIVE
        ("fade_frame", "i8"),  # frames into the fade to a new chain
        ("unfaded", "i8"),  # the version of a chain that replaces the old without a fade; 0: none
        ("queues", EVENT, (MAX_SOURCES, RING_SIZE)),
        ("cursors", "i8", (MAX_SOURCES, CURSORS)),
        ("events", EVENT, (BURST,)),  # of this block
        ("no_events", EVENT, (BURST,)),  # for a chain that fades out
        ("reports_midi", "i8"),  # whether the main thread receives every MIDI message as well
        ("outbox", EVENT, (RING_SIZE,)),  # events for the main thread
        ("outbox_cursors", "i8", (CURSORS,)),
        ("mix", "f4", (2 * MAX_BLOCK_FRAMES,)),  # (2, frames) of this block
        ("old_mix", "f4", (2 * MAX_BLOCK_FRAMES,)),
        ("input", "f4", (2 * MAX_BLOCK_FRAMES,)),  # the microphone, when `listens`
        ("listens", "i8"),  # whether the published chain has a plugin that reads the microphone
        ("chain_listens", "i8", (2,)),  # the same for each of the two chains
        ("inputs", "i8"),  # channels of the device's microphone: 0, 1 or 2
        ("outputs", "i8"),  # and of its speaker: 1 or 2
        ("block", "i8"),  # frames that the device last asked for
        ("scratch", "i8", (2,)),
        ("peak", "f4", (2,)),  # linear, falling
        ("power", "f4", (2,)),  # mean square
        ("clipped", "i8"),  # blocks whose peak passed 1
        ("blocks", "i8"),
        ("xruns", "i8"),  # under-runs reported by the device
        ("load", "f4"),  # processing time over block time, a running mean
        ("max_load", "f4"),  # since the main thread last reset it
    ],
    align=True,
)


@njit(cache=True, error_model="numpy")
def advance(host, frames):
    """Render 1..MAX_BLOCK_FRAMES frames to host.mix as (2, frames); host.input holds the microphone, if any."""
    started = now(host.scratch)
    version = load_acquire(host.version, PUBLISHED)  # read once: a chain published meanwhile is for the next block
    count = gather_events(host, frames, version)
    fading = version != host.version[ACTIVE]
    has_input = host.chain_listens[version & 1] or (fading and host.chain_listens[(version & 1) ^ 1])
    for i in range(2 * frames):
        host.mix[i] = host.input[i] if has_input else np.float32(0)
    if host.reports_midi:
        report_midi(host, count)
    count = run_chain(host.head, host.used[2], host.mix, frames, host.events, count)
    report_notes(host, count)
    if fading:
        count = crossfade(host, version, frames, count)
    else:
        count = run_chain(host.chains[version & 1], host.used[version & 1], host.mix, frames, host.events, count)
    run_chain(host.tail, host.used[3], host.mix, frames, host.events, count)
    update_meters(host, frames)
    update_load(host, frames, started)
    host.frame += frames


@njit(cache=True, error_model="numpy")
def gather_events(host, frames, version):
    """Move the events that fall before the end of this block to host.events, in order; how many.

    A ring is read in the order of writing: an event that waits for its frame holds back those behind it.
    """
    count = 0
    if version != host.version[ACTIVE] and host.fade_frame == 0:
        host.events[0].frame = 0
        host.events[0].target = 0
        host.events[0].kind = Kind.REFRESH
        host.events[0].note = ALL
        count = 1
    while count < MAX_BLOCK_EVENTS:
        ring, earliest = -1, host.frame + frames
        for i in range(MAX_SOURCES):
            head = host.cursors[i, HEAD]
            if load_acquire(host.cursors[i], TAIL) > head and host.queues[i, head % RING_SIZE].frame < earliest:
                ring, earliest = i, host.queues[i, head % RING_SIZE].frame
        if ring < 0:
            break
        head = host.cursors[ring, HEAD]
        copy(host.queues[ring, head % RING_SIZE], host.events[count])
        host.events[count].frame = max(earliest - host.frame, 0)
        store_release(host.cursors[ring], HEAD, head + 1)
        count += 1
    return count


@njit(cache=True, error_model="numpy")
def run_chain(slots, used, audio, frames, events, count):
    """Run a chain of plugins over audio (2 · frames); how many events the last one emits."""
    for i in range(used):
        count = invoke(slots[i].process, slots[i].state, audio.ctypes, frames, events.ctypes, count)
        count = min(max(count, 0), BURST)  # an external plugin may return any number
    return count


@njit(cache=True, error_model="numpy")
def crossfade(host, version, frames, count):
    """Run the old chain and the new one, and mix them; the chain is replaced when the fade is over."""
    old = (version & 1) ^ 1
    length = max(np.intp(FADE_SECONDS * host.rate), 1)
    if host.used[old] == 0 or host.unfaded == version:
        host.fade_frame = length  # the old chain is empty, or shares its plugins with the new one
    for i in range(2 * frames):
        host.old_mix[i] = host.mix[i] if host.chain_listens[old] else np.float32(0)
        host.mix[i] = host.mix[i] if host.chain_listens[old ^ 1] else np.float32(0)
    if host.fade_frame < length:
        run_chain(host.chains[old], host.used[old], host.old_mix, frames, host.no_events, 0)
    count = run_chain(host.chains[version & 1], host.used[version & 1], host.mix, frames, host.events, count)
    for t in range(frames):
        x = min(np.float32(host.fade_frame + t) / np.float32(length), np.float32(1))
        gain = x * x * (np.float32(3) - np.float32(2) * x)
        host.mix[t] = host.old_mix[t] + gain * (host.mix[t] - host.old_mix[t])
        host.mix[frames + t] = host.old_mix[frames + t] + gain * (host.mix[frames + t] - host.old_mix[frames + t])
    host.fade_frame += frames
    if host.fade_frame >= length:
        host.fade_frame = 0
        store_release(host.version, ACTIVE, version)
    return count


@njit(cache=True, error_model="numpy")
def report_notes(host, count):
    """Send program changes, note ons and note offs to the main thread."""
    for i in range(count):
        event = host.events[i]
        if event.kind == Kind.PROGRAM or event.kind == Kind.NOTE_ON or event.kind == Kind.NOTE_OFF:
            push_outbox(host, event)


@njit(cache=True, error_model="numpy")
def report_midi(host, count):
    """Send every MIDI message to the main thread."""
    for i in range(count):
        if host.events[i].kind == Kind.MIDI:
            push_outbox(host, host.events[i])


@njit(cache=True, error_model="numpy")
def push_outbox(host, event):
    """Push an event of this block into the outbox, with its absolute frame."""
    event.frame += host.frame
    push(host.outbox, host.outbox_cursors, event)
    event.frame -= host.frame


@njit(cache=True, error_model="numpy")
def update_meters(host, frames):
    """Update the level meters from the output."""
    time = np.float32(frames / host.rate)
    decay = max(np.float32(1) - time / np.float32(PEAK_DECAY_SECONDS), np.float32(0))
    share = min(time / np.float32(RMS_WINDOW_SECONDS), np.float32(1))
    over = False
    for c in range(2):
        peak, energy = np.float32(0), np.float32(0)
        for t in range(frames):
            x = host.mix[c * frames + t]
            peak = max(peak, abs(x))
            energy += x * x
        over |= peak > 1
        host.peak[c] = max(peak, host.peak[c] * decay)
        host.power[c] += share * (energy / np.float32(frames) - host.power[c])
    host.clipped += over


@njit(cache=True, error_model="numpy")
def update_load(host, frames, started):
    """Count the block, and update the load and the clock."""
    ended = now(host.scratch)
    load = np.float32((ended - started) * host.rate / frames)
    host.load += np.float32(0.02) * (load - host.load)
    host.max_load = max(host.max_load, load)
    host.blocks += 1
    epoch = started - host.frame / host.rate
    drift = epoch - host.epoch
    host.epoch += drift if abs(drift) > 0.05 else 0.05 * drift
