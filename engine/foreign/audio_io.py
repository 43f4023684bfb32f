"""[audio thread] The sound into a foreign plugin and out of it: its own buffers, mono and stereo, volume and a guard.

The block is copied into buffers that are connected once. Each buffer has a side: a mono plugin is there twice, one
of them for each side. What comes out is added to the block; an effect replaces it. A sample that is no number, or is
louder than MAX_SAMPLE, is silenced and counted.
"""

from enum import IntEnum

import numpy as np

from engine.events import Kind
from engine.kernel import njit
from engine.plugin import MAX_BLOCK_FRAMES, Param
from engine.pointers import view_f4

from .midi import CHANNELS, is_meant
from .routing import Routing, SideChain

MAX_BUFFERS = 128  # each way
MAX_SAMPLE = 1000.0  # 60 dB above full scale
SLEW_SECONDS = 0.01  # of the volume from 0 to 1
SWITCH = Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is", key="luthier.on")


class Side(IntEnum):
    """Which side of the block a buffer belongs to."""

    LEFT = 0
    RIGHT = 1
    BOTH = 2  # into a plugin the mean of both
    NONE = 3  # silence in, unheard out


class Source(IntEnum):
    """What fills a buffer into a plugin."""

    BLOCK = 0
    MICROPHONE = 1


BUFFER = np.dtype([("address", "u8"), ("side", "i8"), ("source", "i8")], align=True)
AUDIO_IO = np.dtype(
    [
        ("inlets", BUFFER, (MAX_BUFFERS,)),
        ("outlets", BUFFER, (MAX_BUFFERS,)),
        ("microphone", "u8"),  # address of its block (2, MAX_BLOCK_FRAMES); 0: there is none
        ("inlet_count", "i8"),
        ("outlet_count", "i8"),
        ("replaces", "i8"),  # whether what comes out takes the place of the block: of an effect
        ("channel", "i8"),  # of the last note: its volume and pan are those of the sound
        ("volume", "f4", (CHANNELS,)),  # linear
        ("pan", "f4", (CHANNELS,)),  # -1..1
        ("switch", "i8"),  # index of the parameter that switches an effect; -1: none does
        ("latency", "i8"),  # frames, of the plugin
        ("hold", "i8"),  # frames that an effect waits when switched on: until what it says is whole
        ("gains", "f4", (2,)),  # of both sides, now; of an effect its share of the sound, the rest is what came in
        ("targets", "f4", (2,)),  # where they go
        ("inlet_gain", "f4"),  # of what goes into an effect: silence while it is switched off
        ("inlet_target", "f4"),
        ("inlet_hold", "i8"),  # frames that it still hears when switched off: until nothing of it is heard
        ("slew", "f4"),  # a frame
        ("broken", "i8"),  # samples silenced
        ("broken_blocks", "i8"),  # blocks that had any, since the last one without
    ],
    align=True,
)


def reset_volume(io: np.void) -> None:
    """[main thread, not playing] Full volume in the middle; no parameter is a switch yet."""
    io["volume"], io["pan"], io["channel"] = 1, 0, 0
    io["gains"] = io["targets"] = io["inlet_gain"] = io["inlet_target"] = 1
    io["switch"] = -1


def with_switch(io: np.void, params: tuple[Param, ...]) -> tuple[Param, ...]:
    """[main thread, not playing] The parameters of a plugin, and behind those of an effect the host's switch."""
    if not io["replaces"]:
        return params
    io["switch"] = len(params)
    return (*params, SWITCH)


def switch_off(io: np.void) -> None:
    """[main thread, not playing] Switch an effect off, without a fade."""
    io["gains"] = io["targets"] = io["inlet_gain"] = io["inlet_target"] = 0
    io["inlet_hold"] = 0


def set_slew(io: np.void, rate: float) -> None:
    """[main thread, not playing] Set the rate in Hz; nothing is broken yet."""
    io["slew"] = 1 / (SLEW_SECONDS * rate)
    io["broken_blocks"] = 0


def side_chain_inlet(address: int, side: Side, routing: Routing) -> tuple[int, Side, Source]:
    """The row of a buffer of a side chain."""
    if routing.side_chain is SideChain.MICROPHONE:
        return address, side, Source.MICROPHONE
    return address, side if routing.side_chain is SideChain.INPUT else Side.NONE, Source.BLOCK


def write_buffers(
    io: np.void, inlets: list[tuple[int, Side, Source]], outlets: list[tuple[int, Side, Source]]
) -> None:
    """[main thread, not playing] Tell the audio thread of the buffers, as far as there is room for them."""
    for name, rows in (("inlet", inlets[:MAX_BUFFERS]), ("outlet", outlets[:MAX_BUFFERS])):
        io[f"{name}_count"] = len(rows)
        io[f"{name}s"][: len(rows)] = rows


@njit(cache=True, error_model="numpy")
def fill_inlets(io, block, events, count, own_address, origin=0):
    """Copy a block (2, T) into the buffers of a plugin; events and origin: as of `add_outlets`.

    What goes into an effect is faded in before it is heard, and faded out after: a sound that began in there at once
    would come out as a click, perhaps later, as from a delay.
    """
    copy_block(io, block, origin)
    frames, start = block.shape[1], 0
    for i in range(count):
        event = events[i]
        if event.kind == Kind.PARAM and event.key == io.switch and io.replaces and is_meant(event, own_address):
            frame = min(max(event.frame - origin, start), frames)
            fade_inlets(io, start, frame)
            set_inlet_target(io, np.float32(event.value >= np.float32(0.5)))
            start = frame
    fade_inlets(io, start, frames)


@njit(cache=True, error_model="numpy")
def set_inlet_target(io, target):
    """Fade what goes in to 1 at once, or to 0 once nothing of the effect is heard any more."""
    if target != io.inlet_target:
        io.inlet_hold = fade_frames(io) if target == 0 else 0
    io.inlet_target = target


@njit(cache=True, error_model="numpy")
def fade_inlets(io, start, end):
    """Fade the frames start..end of the buffers of a plugin."""
    if start >= end or io.inlet_gain == io.inlet_target == 1:
        return
    held = min(io.inlet_hold, end - start)
    io.inlet_hold -= held
    for i in range(io.inlet_count):
        inlet, gain = view_f4(io.inlets[i].address, (end,)), io.inlet_gain
        for t in range(start, end):
            if t >= start + held:
                gain = approach(gain, io.inlet_target, io.slew)
            inlet[t] *= gain
    io.inlet_gain = approach(io.inlet_gain, io.inlet_target, io.slew * np.float32(end - start - held))


@njit(cache=True, error_model="numpy")
def copy_block(io, block, origin):
    """Copy a block (2, T) into the buffers. origin: its first frame in the block of the microphone."""
    frames = block.shape[1]
    for i in range(io.inlet_count):
        inlet, side = view_f4(io.inlets[i].address, (frames,)), io.inlets[i].side
        if io.inlets[i].source == Source.BLOCK:
            fill_inlet(inlet, block, 0, side)
        elif io.microphone != 0:
            fill_inlet(inlet, view_f4(io.microphone, (2, MAX_BLOCK_FRAMES)), origin, side)
        else:
            fill_inlet(inlet, block, 0, np.int64(Side.NONE))


@njit(cache=True, error_model="numpy")
def fill_inlet(inlet, block, start, side):
    """Fill a buffer (T,) with a side of a block, from a frame on."""
    frames = inlet.shape[0]
    if side == Side.BOTH:
        for t in range(frames):
            inlet[t] = np.float32(0.5) * (block[0, start + t] + block[1, start + t])
    elif side == Side.NONE:
        for t in range(frames):
            inlet[t] = 0
    else:
        for t in range(frames):
            inlet[t] = block[side, start + t]


@njit(cache=True, error_model="numpy")
def add_outlets(io, block, events, count, own_address, origin=0):
    """Add what came out of a plugin to a block (2, T), with the volume of the events of this block at their frames.

    The sound of an effect takes the place of the block, as far as it is switched on. origin: the frame that the
    events call the first one of the block.
    """
    frames, start, broken = block.shape[1], 0, io.broken
    for i in range(count):
        event = events[i]
        if sets_gains(io, event) and is_meant(event, own_address):
            frame = min(max(event.frame - origin, start), frames)
            add_run(io, block, start, frame)
            set_gains(io, event)
            start = frame
    add_run(io, block, start, frames)
    io.broken_blocks = io.broken_blocks + 1 if io.broken != broken else 0


@njit(cache=True, error_model="numpy")
def sets_gains(io, event):
    """Whether an event may change the volume of what comes out."""
    kind = event.kind
    if io.replaces:
        return kind == Kind.PARAM and event.key == io.switch
    return kind == Kind.VOLUME or kind == Kind.PAN or kind == Kind.NOTE_ON


@njit(cache=True, error_model="numpy")
def set_gains(io, event):
    """Take the switch of an effect, the volume or the pan of a channel, or the channel of a note."""
    if event.kind == Kind.PARAM:
        io.targets[0] = io.targets[1] = np.float32(event.value >= np.float32(0.5))
        io.hold = io.latency + fade_frames(io) if io.gains[0] == 0 else 0
        return
    channel = event.channel & 15
    if event.kind == Kind.VOLUME:
        io.volume[channel] = min(max(event.value, np.float32(0)), np.float32(4))
    elif event.kind == Kind.PAN:
        io.pan[channel] = min(max(event.value, np.float32(-1)), np.float32(1))
    else:
        io.channel = channel
    volume, pan = io.volume[io.channel], io.pan[io.channel]
    io.targets[0] = volume * min(np.float32(1), np.float32(1) - pan)
    io.targets[1] = volume * min(np.float32(1), np.float32(1) + pan)


@njit(cache=True, error_model="numpy")
def add_run(io, block, start, end):
    """Add the frames start..end of all buffers."""
    if io.hold > 0:
        held = min(io.hold, end - start)
        io.hold -= held
        start += held
    if start >= end:
        return
    if io.replaces:
        fade_input(io, block, start, end)
    for i in range(io.outlet_count):
        outlet, side = view_f4(io.outlets[i].address, (end,)), io.outlets[i].side
        if side == Side.LEFT or side == Side.BOTH:
            add_side(io, outlet, block[0], 0, start)
        if side == Side.RIGHT or side == Side.BOTH:
            add_side(io, outlet, block[1], 1, start)
    for side in range(2):
        io.gains[side] = approach(io.gains[side], io.targets[side], io.slew * np.float32(end - start))


@njit(cache=True, error_model="numpy")
def fade_input(io, block, start, end):
    """Leave of the frames start..end of what came into an effect the share that the effect leaves."""
    gain, target = io.gains[0], io.targets[0]
    if gain == target == 0:
        return
    if gain == target == 1:
        for side in range(2):
            for t in range(start, end):
                block[side, t] = 0
        return
    for t in range(start, end):
        gain = approach(gain, target, io.slew)
        for side in range(2):
            block[side, t] *= np.float32(1) - gain


@njit(cache=True, error_model="numpy")
def add_side(io, outlet, out, side, start):
    """Add a buffer (T,), from frame `start` on, to a side of the block."""
    gain, target, broken = io.gains[side], io.targets[side], 0
    if gain == target:
        for t in range(start, outlet.shape[0]):
            x = outlet[t]
            is_good = abs(x) <= np.float32(MAX_SAMPLE)
            out[t] += gain * (x if is_good else np.float32(0))
            broken += not is_good
    else:
        for t in range(start, outlet.shape[0]):
            x = outlet[t]
            gain = approach(gain, target, io.slew)
            is_good = abs(x) <= np.float32(MAX_SAMPLE)
            out[t] += gain * (x if is_good else np.float32(0))
            broken += not is_good
    io.broken += broken


@njit(cache=True, error_model="numpy")
def fade_frames(io):
    """The frames of a fade."""
    return np.int64(np.float32(1) / io.slew + np.float32(0.5))


@njit(cache=True, error_model="numpy")
def approach(value, target, step):
    """A value nearer to its target, by at most a step."""
    return min(value + step, target) if value < target else max(value - step, target)
