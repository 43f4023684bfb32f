"""[audio thread] Zones of MIDI Polyphonic Expression (MPE 1.0): a master channel and its members, one note on each.

The lower zone has channel 1 as its master and the members from 2 upwards, the upper zone 16 and those from 15 down.
`state.mpe_members` holds their numbers of members; 0: no such zone. Channels count from 0 here.
"""

from engine.kernel import njit

LOWER_MASTER, UPPER_MASTER = 0, 15
MEMBER_BEND_SEMITONES, MASTER_BEND_SEMITONES = 48, 2  # of a full bend, once a zone is configured
_MAX_MEMBERS = 15
_SHARED_CHANNELS = 14  # for the members of both zones


@njit(cache=True, error_model="numpy")
def master_of(state, channel):
    """The master of a member channel; -1 for any other channel."""
    if 0 < channel <= state.mpe_members[0]:
        return LOWER_MASTER
    if UPPER_MASTER > channel >= UPPER_MASTER - state.mpe_members[1]:
        return UPPER_MASTER
    return -1


@njit(cache=True, error_model="numpy")
def configure_zone(state, master, members):
    """Set the members of the zone of a master: bend ranges become those of MPE, or of plain channels."""
    zone = 0 if master == LOWER_MASTER else 1
    before = state.mpe_members[zone]
    members = min(members, _MAX_MEMBERS)
    state.mpe_members[zone] = members
    if members:
        state.mpe_members[1 - zone] = min(state.mpe_members[1 - zone], max(_SHARED_CHANNELS - members, 0))
    state.channels[master].range = MASTER_BEND_SEMITONES
    for i in range(1, max(before, members) + 1):
        member = master + i if zone == 0 else master - i
        state.channels[member].range = MEMBER_BEND_SEMITONES if i <= members else MASTER_BEND_SEMITONES


@njit(cache=True, error_model="numpy")
def share_bend_range(state, channel):
    """Give the bend range of a member to every member of its zone, as MPE has it."""
    master = master_of(state, channel)
    if master >= 0:
        for other in range(16):
            if master_of(state, other) == master:
                state.channels[other].range = state.channels[channel].range


@njit(cache=True, error_model="numpy")
def zone_bend(state, channel):
    """Semitones that the wheel of its master bends a channel."""
    master = master_of(state, channel)
    return state.channels[master].bend * state.channels[master].range if master >= 0 else 0.0
