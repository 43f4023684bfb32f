"""[audio thread] Voices: which of an instrument's voices plays a note, and which gives way.

A voice is a record with the fields of `VOICE`; an instrument adds its own. There are more voices than notes may
sound: a voice that gives way fades in one of the spare ones, so that stealing never clicks.
"""

import numpy as np
from numba import njit

from engine.events import ALL

FREE, HELD, RELEASED, ENDING = 0, 1, 2, 3
NOTES = 64  # that may sound at once
SPARE = 16  # voices that may be fading beside them
VOICES = NOTES + SPARE
LEARNED = -2  # the note id of what rings as learned: no note's, so that only all can be silenced

VOICE = [
    ("stage", "i4"),  # FREE, HELD, RELEASED or ENDING: faded out within milliseconds
    ("note", "i4"),  # its id
    ("channel", "i4"),
    ("key", "i4"),
    ("age", "i8"),  # how many notes had begun before it
]


@njit(cache=True, error_model="numpy")
def allot(voices, event, age):
    """A voice for a new note, marked as its own; a voice that must give way is set to ENDING.

    The same note ends first, as one string cannot be plucked twice; then the oldest released note, then the oldest.
    """
    sounding = 0
    for i in range(voices.shape[0]):
        if voices[i].stage == HELD or voices[i].stage == RELEASED:
            if voices[i].note == event.note:
                voices[i].stage = ENDING
            else:
                sounding += 1
    if sounding >= NOTES:
        loser = oldest(voices, RELEASED)
        loser = loser if loser >= 0 else oldest(voices, HELD)
        voices[loser].stage = ENDING
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
    """The oldest voice at a stage, or -1."""
    found, age = -1, np.int64(2) ** 62
    for i in range(voices.shape[0]):
        if voices[i].stage == stage and voices[i].age < age:
            found, age = i, voices[i].age
    return found


@njit(cache=True, error_model="numpy")
def sounds(voice):
    """Whether a voice is a note that has not ended."""
    return (voice.stage == HELD or voice.stage == RELEASED) and voice.note != LEARNED


@njit(cache=True, error_model="numpy")
def hush(voices):
    """Let all that sounds end within milliseconds; voices that may sleep."""
    for i in range(voices.shape[0]):
        if voices[i].stage != FREE:
            voices[i].stage = FREE if voices[i].asleep else ENDING


@njit(cache=True, error_model="numpy")
def concerns(voice, event):
    """Whether an event about a note, or about all the notes of a channel, is about this voice."""
    if voice.stage == FREE:
        return False
    return voice.note == event.note if event.note != ALL else voice.channel == event.channel
