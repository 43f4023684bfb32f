/* See probe_core.h. */
#include "probe_core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

volatile int probe_released;

const probe_param PROBE_PARAM_TABLE[PROBE_PARAMS] = {
    {"Gain", "Sound", 0.0, 2.0, 1.0, false, false},
    {"Mode", "Faults", 0.0, PROBE_MODES - 1, PROBE_PLAIN, true, false},
    {"Knob", "Sound", -1.0, 1.0, 0.25, false, false},
    {"Calls", "Faults", 0.0, 1e6, 0.0, true, true},
    {"Wrong threads", "Faults", 0.0, 1e6, 0.0, true, true},
};
const char *const PROBE_MODE_WORDS[PROBE_MODES] = {"plain",   "not a number", "huge",     "flood", "turn itself",
                                                   "ask",     "restart",      "give up", "hang"};
static const char STATE_MAGIC[8] = "PROBE 1";

void probe_init(probe *me, bool is_instrument) {
  memset(me, 0, sizeof *me);
  me->is_instrument = is_instrument;
  for (int i = 0; i < PROBE_PARAMS; i++) me->values[i] = PROBE_PARAM_TABLE[i].initial;
}

void probe_reset(probe *me) {
  memset(me->line, 0, sizeof me->line);
  me->place = 0;
}

void probe_activate(probe *me) {
  bool was_late = me->is_late;
  me->is_late = me->is_instrument && probe_has_fault("late");
  if (me->is_late != was_late) probe_reset(me);
}

uint32_t probe_latency(const probe *me) { return !me->is_instrument || me->is_late ? PROBE_LATENCY : 0; }

static void misbehave(probe *me, const probe_shell *shell, uint32_t frames) {
  int mode = (int)me->values[PROBE_MODE];
  if (mode == PROBE_FLOOD)
    for (int i = 0; i < PROBE_FLOOD_EVENTS; i++) shell->tell(shell->context, 0, PROBE_KNOB, (i % 100) / 100.0);
  if (mode == PROBE_TURN) {
    me->values[PROBE_KNOB] = 0.5;
    shell->tell(shell->context, frames - 1, PROBE_KNOB, 0.5);
  }
  if (mode == PROBE_ASK) shell->ask(shell->context);
  if (mode == PROBE_RESTART) shell->restart(shell->context);
  if (mode == PROBE_TURN || mode == PROBE_ASK || mode == PROBE_RESTART) me->values[PROBE_MODE] = PROBE_PLAIN;
  while (mode == PROBE_HANG && !probe_released) {
    struct timespec moment = {0, 1000000};
    nanosleep(&moment, NULL);
  }
}

static float pass(probe *me, int side, float x) {
  float late = me->line[side][me->place];
  me->line[side][me->place] = x;
  return late * (float)me->values[PROBE_GAIN];
}

/* The sound of a frame that has no event. */
static void write_frame(probe *me, const float *const *inputs, int input_count, float *const *outputs,
                        int output_count, uint32_t frame) {
  for (int side = 0; side < output_count; side++)
    outputs[side][frame] = !me->is_instrument && side < input_count ? pass(me, side, inputs[side][frame]) : 0;
  me->place = (me->place + 1) % PROBE_LATENCY;
}

static void write_event(probe *me, float *const *outputs, int output_count, uint32_t frame, const probe_event *event) {
  if (!me->is_instrument || output_count < 2) return;
  outputs[0][frame] = 10 * outputs[0][frame] + (float)event->kind;
  outputs[1][frame] = (float)event->value;
}

static void delay_frame(probe *me, float *const *outputs, int output_count, uint32_t frame) {
  for (int side = 0; side < output_count; side++) {
    float now = outputs[side][frame];
    outputs[side][frame] = me->line[side][me->place];
    me->line[side][me->place] = now;
  }
}

bool probe_process(probe *me, const float *const *inputs, int input_count, float *const *outputs, int output_count,
                   uint32_t frames, const probe_event *events, uint32_t count, const probe_shell *shell) {
  uint32_t next = 0;
  me->blocks++;
  for (uint32_t frame = 0; frame < frames; frame++) {
    uint32_t first = next;
    for (; next < count && events[next].frame <= frame; next++)
      if (events[next].kind == PROBE_PARAM) me->values[events[next].param] = events[next].value;
    write_frame(me, inputs, input_count, outputs, output_count, frame);
    for (uint32_t i = first; i < next; i++) write_event(me, outputs, output_count, frame, &events[i]);
    if (me->is_late) delay_frame(me, outputs, output_count, frame);
  }
  int mode = (int)me->values[PROBE_MODE];
  for (int side = 0; side < output_count; side++)
    for (uint32_t frame = 0; frame < frames; frame++) {
      if (mode == PROBE_NAN) outputs[side][frame] = NAN;
      if (mode == PROBE_HUGE) outputs[side][frame] = 1e20f;
    }
  misbehave(me, shell, frames);
  return mode != PROBE_FAIL;
}

void probe_on_main_thread(probe *me) { me->values[PROBE_CALLS]++; }

void probe_save(const probe *me, uint8_t state[PROBE_STATE_BYTES]) {
  memcpy(state, STATE_MAGIC, sizeof STATE_MAGIC);
  memcpy(state + sizeof STATE_MAGIC, me->values, sizeof me->values);
}

bool probe_load(probe *me, const uint8_t *state, size_t size) {
  if (size != PROBE_STATE_BYTES || memcmp(state, STATE_MAGIC, sizeof STATE_MAGIC)) return false;
  memcpy(me->values, state + sizeof STATE_MAGIC, sizeof me->values);
  return true;
}

bool probe_has_fault(const char *name) {
  const char *fault = getenv("PROBE_FAULT");
  return fault && !strcmp(fault, name);
}
