"""[audio thread] Voice allocation and stealing.

A voice is a record with the fields of `VOICE`; an instrument adds its own. There are more voices than notes: a stolen
voice fades out while a spare one plays the new note, so that stealing never clicks.
"""

import numpy as np

from engine.events import ALL
from engine.kernel import njit

FREE, HELD, RELEASED, ENDING = 0, 1, 2, 3
MAX_NOTES = 64  # that sound at once
SPARE_VOICES = 16  # that may fade out beside them
VOICES = MAX_NOTES + SPARE_VOICES
# Note id of sound from the control plane, which no note has: only an event for ALL notes applies to it.
AS_LEARNED_NOTE = -2

VOICE = [
    ("stage", "i4"),  # FREE, HELD, RELEASED or ENDING: faded out within milliseconds
    ("note", "i4"),  # its id
    ("channel", "i4"),
    ("key", "i4"),
    ("age", "i8"),  # number of notes that were started before it
]


def is_rendered(voices: np.ndarray) -> np.ndarray:
    """[main thread] Which voices, records of VOICE with a field `idle`, are allocated and not idle; booleans."""
    return (voices["stage"] != FREE) & (voices["idle"] == 0)


@njit(cache=True, error_model="numpy")
def allocate(voices, event, age):
    """Allocate a voice for a new note; a stolen voice is set to ENDING.

    The same note is stolen first, as one string sounds once; then the oldest released note, then the oldest.
    """
    sounding = 0
    for i in range(voices.shape[0]):
        if voices[i].stage == HELD or voices[i].stage == RELEASED:
            if voices[i].note == event.note:
                voices[i].stage = ENDING
            else:
                sounding += 1
    if sounding >= MAX_NOTES:
        stolen = oldest(voices, RELEASED)
        stolen = stolen if stolen >= 0 else oldest(voices, HELD)
        voices[stolen].stage = ENDING
    chosen = oldest(voices, FREE)
    chosen = chosen if chosen >= 0 else oldest(voices, ENDING)
    voice = voices[chosen]
    voice.stage = HELD
    voice.note = event.note
    voice.channel = event.channel & 15
    voice.key = event.key
    voice.age = age
    return chosen


@njit(cache=True, error_model="numpy")
def oldest(voices, stage):
    """Index of the oldest voice at a stage, or -1."""
    found, age = -1, np.int64(2) ** 62
    for i in range(voices.shape[0]):
        if voices[i].stage == stage and voices[i].age < age:
            found, age = i, voices[i].age
    return found


@njit(cache=True, error_model="numpy")
def is_sounding(voice):
    """Whether a voice plays a note that has not ended."""
    return (voice.stage == HELD or voice.stage == RELEASED) and voice.note != AS_LEARNED_NOTE


@njit(cache=True, error_model="numpy")
def choke_all(voices):
    """Fade out all voices within milliseconds; for voices with a field `idle`."""
    for i in range(voices.shape[0]):
        if voices[i].stage != FREE:
            voices[i].stage = FREE if voices[i].idle else ENDING


@njit(cache=True, error_model="numpy")
def choke_matching(voices, event):
    """Fade out the voices that an event applies to within milliseconds; for voices with a field `idle`."""
    for i in range(voices.shape[0]):
        if matches(voices[i], event) and not voices[i].idle:
            voices[i].stage = ENDING


@njit(cache=True, error_model="numpy")
def matches(voice, event):
    """Whether an event of a note, or of all notes of a channel, applies to this voice."""
    if voice.stage == FREE:
        return False
    return voice.note == event.note if event.note != ALL else voice.channel == event.channel
