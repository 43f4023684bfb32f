/* An echo that crosses from side to side.   cc -O2 -shared -fPIC echo.c -o echo.so */

#include "luthier.h"
#include <string.h>

enum { TIME, FEEDBACK, MIX, PARAMS };
enum { MAX_FRAMES = 1 << 17 };

typedef struct {
    int32_t set; /* whether the player's settings are there already */
    float value[PARAMS];
    double rate;
    int64_t now; /* frames since the beginning */
    float line[2][MAX_FRAMES];
} Echo;

static const luthier_param PARAM[PARAMS] = {
    {"time", "ms", "from one echo to the next", 1, 1000, 300, -1},
    {"feedback", "", "how much of an echo comes again", 0, 0.9f, 0.5f, -1},
    {"mix", "", "how loud the echoes are", 0, 1, 0.5f, 94},
};

static void reset(void *state)
{
    Echo *echo = state;
    memset(echo->line, 0, sizeof echo->line);
}

static void prepare(void *state, double rate)
{
    Echo *echo = state;
    for (int i = 0; !echo->set && i < PARAMS; i++)
        echo->value[i] = PARAM[i].initial;
    echo->set = 1;
    echo->rate = rate;
    reset(state);
}

static void play(Echo *echo, float *left, float *right, intptr_t frames)
{
    int64_t delay = (int64_t)(echo->value[TIME] * 0.001 * echo->rate + 0.5);
    delay = delay < 1 ? 1 : delay > MAX_FRAMES - 1 ? MAX_FRAMES - 1 : delay;
    for (intptr_t t = 0; t < frames; t++, echo->now++) {
        int64_t read = (echo->now - delay) & (MAX_FRAMES - 1), write = echo->now & (MAX_FRAMES - 1);
        float from_left = echo->line[0][read], from_right = echo->line[1][read];
        echo->line[0][write] = left[t] + echo->value[FEEDBACK] * from_right;
        echo->line[1][write] = right[t] + echo->value[FEEDBACK] * from_left;
        left[t] += echo->value[MIX] * from_right;
        right[t] += echo->value[MIX] * from_left;
    }
}

static intptr_t process(void *state, float *audio, intptr_t frames, luthier_event *events, intptr_t count)
{
    Echo *echo = state;
    intptr_t start = 0;
    for (intptr_t i = 0; i < count; i++) { /* play up to each event, then take it: it is heard on its frame */
        const luthier_event *event = &events[i];
        if (event->kind != LUTHIER_PARAM || !luthier_mine(event, state) || event->key < 0 || event->key >= PARAMS)
            continue;
        if (event->frame > start && event->frame <= frames) {
            play(echo, audio + start, audio + frames + start, event->frame - start);
            start = event->frame;
        }
        echo->value[event->key] = event->value;
    }
    play(echo, audio + start, audio + frames + start, frames - start);
    return count;
}

const luthier_description *luthier_plugin(void)
{
    static const luthier_description echo = {
        LUTHIER_ABI, 0, "echo", sizeof(Echo), PARAM, PARAMS, prepare, reset, process,
    };
    return &echo;
}
