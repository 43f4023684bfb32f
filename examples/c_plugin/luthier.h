/* What a shared object must offer to stand in Luthier's row of plugins. Version 1.
 *
 * It exports one function, `luthier_plugin`, which returns a table that lives as long as the library. The host
 * gives every instance `size` bytes, all zero, at a multiple of 64, and passes them to each call as `state`.
 *
 *   prepare  main thread, not playing: tune the state to a rate in Hz, silent. Called before anything else, and
 *            again when the device changes its rate: the player's settings must survive it.
 *   reset    main thread, not playing: silence.
 *   process  audio thread: add to `audio`, or change it in place. It holds (2, frames) float32: all of the left
 *            channel, then all of the right. `frames` differs from call to call. `events` are those of this block,
 *            in order of frame; room for LUTHIER_BURST. Returns how many there are for the next plugin: `count`,
 *            or more when it appended some of its own.
 *
 * The audio thread may not wait: no allocation, no lock, no file, no printing.
 */
#ifndef LUTHIER_H
#define LUTHIER_H

#include <stdint.h>

#define LUTHIER_ABI 1
#define LUTHIER_BURST 1024

#ifdef _WIN32
#define LUTHIER_EXPORT __declspec(dllexport)
#else
#define LUTHIER_EXPORT __attribute__((visibility("default")))
#endif

enum luthier_kind {
    LUTHIER_NOTE_OFF,   /* note; value: damping, 1 lets it go, 0 is held by a pedal; may come again */
    LUTHIER_NOTE_ON,    /* note, key; value: velocity 0..1 */
    LUTHIER_CHOKE,      /* note: silent at once, without a click */
    LUTHIER_BEND,       /* note; value: semitones, tuning included */
    LUTHIER_PRESSURE,   /* note; value: 0..1 */
    LUTHIER_TIMBRE,     /* note; value: 0..1 */
    LUTHIER_MODULATION, /* value: 0..1 */
    LUTHIER_VOLUME,     /* value: linear gain of the channel */
    LUTHIER_PAN,        /* value: -1..1 */
    LUTHIER_PEDAL,      /* key: controller number; value: 0..1 */
    LUTHIER_CONTROL,    /* key: dimension of the control plane; value: energy */
    LUTHIER_DEFORM,     /* key: variant; value: its weight before the softmax */
    LUTHIER_PITCH,      /* value: Hz */
    LUTHIER_LOUDNESS,   /* value: dB */
    LUTHIER_PARAM,      /* key: index of the parameter; value: in its own unit */
    LUTHIER_MIDI,       /* key: status | first << 8 | second << 16 */
    LUTHIER_PROGRAM,    /* key: bank << 7 | program */
    LUTHIER_REFRESH     /* a new instrument listens */
};

typedef struct {
    int64_t frame;   /* within this block */
    uint64_t target; /* the address of the one state it is meant for; 0: everyone */
    int32_t kind;
    int32_t channel; /* 0..15 */
    int32_t note;    /* id of a note; -1: all of the channel */
    int32_t key;
    float value;
} luthier_event;

typedef struct {
    const char *name;
    const char *unit;
    const char *help;
    float low, high, initial; /* in that unit; the host sends PARAM within this range */
    int32_t cc;               /* the MIDI controller that moves it; -1: none */
} luthier_param;

typedef struct {
    int32_t abi;     /* LUTHIER_ABI */
    int32_t listens; /* not 0: the microphone comes in at the head of the row */
    const char *name;
    int64_t size; /* bytes of the state */
    const luthier_param *params;
    int64_t count; /* of them */
    void (*prepare)(void *state, double rate);
    void (*reset)(void *state);
    intptr_t (*process)(void *state, float *audio, intptr_t frames, luthier_event *events, intptr_t count);
} luthier_description;

LUTHIER_EXPORT const luthier_description *luthier_plugin(void);

/* Whether an event is meant for the plugin with this state. */
static inline int luthier_mine(const luthier_event *event, const void *state)
{
    return event->target == 0 || event->target == (uint64_t)(uintptr_t)state;
}

#endif
