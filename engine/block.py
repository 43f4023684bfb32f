"""[audio thread] One block of sound: take the events, run the plugins, fade, and measure.

    head ▸ row ▸ tail

The head turns MIDI into notes and the tail keeps the sound safe: both stay. The row between them, the
instrument and its effects, is exchanged while it plays: a new row is written beside the one that sounds,
published by one number, and faded in while the old one fades out.
"""

import numpy as np
from numba import njit

from engine.plugin import BURST

from .clock import now
from .events import ALL, EVENT, Kind
from .memory import invoke, load_acquire, store_release
from .ring import CURSORS, HEAD, TAIL, copy, push

SLOTS = 12  # plugins in a row, at most
SOURCES = 5  # rings of events, each written by one thread
MAIN, LATER, KEYS = 0, 1, 2  # the main thread's for now and for later, and that of the device's MIDI port
QUEUE = 4096  # events that may wait in a ring
TAKEN = BURST // 2  # of them, what one block may take; the rest of its room is for what plugins emit
LONGEST = 4096  # frames rendered at once, at most
FADE = 0.02  # seconds that a new row takes to replace the old
LIVE, SEEN = 0, 8  # the row that should play, the row that has replaced all before it
LOADS = 256  # bins of the block load, a percent each; the last takes all above
FALL = 0.15  # seconds in which the peak meter falls to 1/e
WINDOW = 0.3  # seconds that the level meter averages over

SLOT = np.dtype([("process", "u8"), ("state", "u8")], align=True)
HOST = np.dtype(
    [
        ("rate", "f8"),  # Hz
        ("frame", "i8"),  # the absolute frame counter: of the block that comes next
        ("epoch", "f8"),  # when frame 0 was, by the clock that the callbacks show
        ("head", SLOT, (SLOTS,)),
        ("rows", SLOT, (2, SLOTS)),  # one plays while the other is written
        ("tail", SLOT, (SLOTS,)),
        ("used", "i8", (4,)),  # slots of the two rows, the head and the tail
        ("turn", "i8", (CURSORS,)),
        ("faded", "i8"),  # frames into the fade to a new row
        ("cut", "i8"),  # the turn of a row that takes over without a fade; 0: none
        ("queues", EVENT, (SOURCES, QUEUE)),
        ("cursors", "i8", (SOURCES, CURSORS)),
        ("burst", EVENT, (BURST,)),
        ("silence", EVENT, (BURST,)),  # the events of a row that fades out: none
        ("tells", "i8"),  # whether the main thread wants every MIDI message as well
        ("outbox", EVENT, (QUEUE,)),  # what the main thread should know
        ("outbox_cursors", "i8", (CURSORS,)),
        ("mix", "f4", (2 * LONGEST,)),  # (2, frames), frames as they come
        ("old", "f4", (2 * LONGEST,)),
        ("input", "f4", (2 * LONGEST,)),  # the microphone, when `listens`
        ("listens", "i8"),  # whether the row that was published last wants it
        ("hears", "i8", (2,)),  # and which of the two rows do
        ("inputs", "i8"),  # channels of the device's microphone: 0, 1 or 2
        ("outputs", "i8"),  # and of its speaker: 1 or 2
        ("block", "i8"),  # frames that the device last asked for
        ("scratch", "i8", (2,)),
        ("peak", "f4", (2,)),  # linear, falling
        ("power", "f4", (2,)),  # mean square
        ("clipped", "i8"),  # blocks whose peak passed 1
        ("blocks", "i8"),
        ("xruns", "i8"),  # under-runs that the device told of
        ("load", "f4"),  # time spent over time there is, a running mean
        ("worst", "f4"),  # its largest since the main thread last reset it
        ("loads", "i8", (LOADS,)),
    ],
    align=True,
)


@njit(cache=True, error_model="numpy")
def advance(host, frames):
    """Render 1..LONGEST frames to host.mix as (2, frames); host.input holds the microphone, if any."""
    started = now(host.scratch)
    turn = load_acquire(host.turn, LIVE)  # read once: a row published meanwhile is for the next block
    count = gather(host, frames, turn)
    fading = turn != host.turn[SEEN]
    heard = host.hears[turn & 1] or (fading and host.hears[(turn & 1) ^ 1])
    for i in range(2 * frames):
        host.mix[i] = host.input[i] if heard else np.float32(0)
    if host.tells:
        tell(host, count)
    count = run(host.head, host.used[2], host.mix, frames, host.burst, count)
    report(host, count)
    if fading:
        count = fade(host, turn, frames, count)
    else:
        count = run(host.rows[turn & 1], host.used[turn & 1], host.mix, frames, host.burst, count)
    run(host.tail, host.used[3], host.mix, frames, host.burst, count)
    measure(host, frames)
    watch(host, frames, started)
    host.frame += frames


@njit(cache=True, error_model="numpy")
def gather(host, frames, turn):
    """Move the events that fall before the end of this block to host.burst, in order; how many.

    A ring gives up its events in the order they were put in: one that waits for its frame holds back those behind.
    """
    count = 0
    if turn != host.turn[SEEN] and host.faded == 0:
        host.burst[0].frame = 0
        host.burst[0].target = 0
        host.burst[0].kind = Kind.REFRESH
        host.burst[0].note = ALL
        count = 1
    while count < TAKEN:
        source, soonest = -1, host.frame + frames
        for i in range(SOURCES):
            head = host.cursors[i, HEAD]
            if load_acquire(host.cursors[i], TAIL) > head and host.queues[i, head % QUEUE].frame < soonest:
                source, soonest = i, host.queues[i, head % QUEUE].frame
        if source < 0:
            break
        head = host.cursors[source, HEAD]
        copy(host.queues[source, head % QUEUE], host.burst[count])
        host.burst[count].frame = max(soonest - host.frame, 0)
        store_release(host.cursors[source], HEAD, head + 1)
        count += 1
    return count


@njit(cache=True, error_model="numpy")
def run(slots, used, audio, frames, events, count):
    """Run a row of plugins over audio (2 · frames); how many events came out of the last."""
    for i in range(used):
        count = invoke(slots[i].process, slots[i].state, audio.ctypes, frames, events.ctypes, count)
        count = min(max(count, 0), BURST)  # a plugin from elsewhere may say anything
    return count


@njit(cache=True, error_model="numpy")
def fade(host, turn, frames, count):
    """Run the old row and the new one, and blend them; the row is replaced when the fade is over."""
    old = (turn & 1) ^ 1
    length = max(np.intp(FADE * host.rate), 1)
    if host.used[old] == 0 or host.cut == turn:
        host.faded = length  # nothing sounds that could click, or what sounds goes on
    for i in range(2 * frames):
        host.old[i] = host.mix[i] if host.hears[old] else np.float32(0)
        host.mix[i] = host.mix[i] if host.hears[old ^ 1] else np.float32(0)
    if host.faded < length:
        run(host.rows[old], host.used[old], host.old, frames, host.silence, 0)
    count = run(host.rows[turn & 1], host.used[turn & 1], host.mix, frames, host.burst, count)
    for t in range(frames):
        x = min(np.float32(host.faded + t) / np.float32(length), np.float32(1))
        gain = x * x * (np.float32(3) - np.float32(2) * x)
        host.mix[t] = host.old[t] + gain * (host.mix[t] - host.old[t])
        host.mix[frames + t] = host.old[frames + t] + gain * (host.mix[frames + t] - host.old[frames + t])
    host.faded += frames
    if host.faded >= length:
        host.faded = 0
        store_release(host.turn, SEEN, turn)
    return count


@njit(cache=True, error_model="numpy")
def report(host, count):
    """Tell the main thread of program changes and of the notes that begin and end."""
    for i in range(count):
        event = host.burst[i]
        if event.kind == Kind.PROGRAM or event.kind == Kind.NOTE_ON or event.kind == Kind.NOTE_OFF:
            put_out(host, event)


@njit(cache=True, error_model="numpy")
def tell(host, count):
    """Tell the main thread of every MIDI message."""
    for i in range(count):
        if host.burst[i].kind == Kind.MIDI:
            put_out(host, host.burst[i])


@njit(cache=True, error_model="numpy")
def put_out(host, event):
    """Put an event of this block into the outbox, with its absolute frame."""
    event.frame += host.frame
    push(host.outbox, host.outbox_cursors, event)
    event.frame -= host.frame


@njit(cache=True, error_model="numpy")
def measure(host, frames):
    """Read the level meters from what goes to the speaker."""
    time = np.float32(frames / host.rate)
    falling = max(np.float32(1) - time / np.float32(FALL), np.float32(0))
    share = min(time / np.float32(WINDOW), np.float32(1))
    over = False
    for c in range(2):
        peak, energy = np.float32(0), np.float32(0)
        for t in range(frames):
            x = host.mix[c * frames + t]
            peak = max(peak, abs(x))
            energy += x * x
        over |= peak > 1
        host.peak[c] = max(peak, host.peak[c] * falling)
        host.power[c] += share * (energy / np.float32(frames) - host.power[c])
    host.clipped += over


@njit(cache=True, error_model="numpy")
def watch(host, frames, started):
    """Count the block, and the share of its time that it took."""
    ended = now(host.scratch)
    load = np.float32((ended - started) * host.rate / frames)
    host.load += np.float32(0.02) * (load - host.load)
    host.worst = max(host.worst, load)
    host.loads[min(np.intp(100 * load), LOADS - 1)] += 1
    host.blocks += 1
    epoch = started - host.frame / host.rate
    drift = epoch - host.epoch
    host.epoch += drift if abs(drift) > 0.05 else 0.05 * drift
