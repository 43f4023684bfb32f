/* A plugin for tests of hosts, without a format: it writes what it is told into its sound, and misbehaves on demand.

   Shells for formats stand around it (probe_clap.c). An instrument writes at the frame of each event: left the kinds
   of the events of that frame as decimal digits in their order, right the value of the last one. An effect passes its
   input through, times the gain, `PROBE_LATENCY` frames late; an instrument that is late, too, is as late. */
#ifndef LUTHIER_PROBE_CORE_H
#define LUTHIER_PROBE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROBE_LATENCY = 64, PROBE_FLOOD_EVENTS = 20000, PROBE_STATE_BYTES = 8 + 8 * 5, PROBE_SIDES = 2 };

/* What an event is, as a digit of the sound; its value follows in brackets. */
enum {
  PROBE_NOTE_ON = 1,    /* key + velocity / 2 */
  PROBE_NOTE_OFF = 2,   /* key */
  PROBE_CHOKE = 3,      /* key; -1: all */
  PROBE_EXPRESSION = 4, /* its value */
  PROBE_PARAM = 5,      /* its value */
  PROBE_MIDI = 6        /* status + 256ths of the first byte */
};

enum { PROBE_GAIN, PROBE_MODE, PROBE_KNOB, PROBE_CALLS, PROBE_WRONG_THREADS, PROBE_PARAMS };

/* Values of the parameter PROBE_MODE. */
enum {
  PROBE_PLAIN, PROBE_NAN, PROBE_HUGE, PROBE_FLOOD, PROBE_TURN, PROBE_ASK, PROBE_RESTART, PROBE_FAIL, PROBE_HANG,
  PROBE_MODES
};

typedef struct {
  const char *name, *group;
  double low, high, initial;
  bool is_stepped, is_read_only;
} probe_param;

extern const probe_param PROBE_PARAM_TABLE[PROBE_PARAMS];
extern const char *const PROBE_MODE_WORDS[PROBE_MODES];

typedef struct {
  uint32_t frame;
  int kind, param; /* param: number, of PROBE_PARAM */
  double value;
} probe_event;

/* What a shell does for the core while it processes; context: its own. */
typedef struct {
  void *context;
  bool (*tell)(void *context, uint32_t frame, int param, double value); /* a knob turned by the plugin itself */
  void (*ask)(void *context);                                          /* for a call on the main thread */
  void (*restart)(void *context);
} probe_shell;

typedef struct {
  bool is_instrument, is_late;
  double values[PROBE_PARAMS];
  float line[PROBE_SIDES][PROBE_LATENCY];
  uint32_t place;
  uint64_t blocks;
} probe;

void probe_init(probe *me, bool is_instrument);
void probe_reset(probe *me);

/* Begin to play: an instrument is late where the fault of the environment is "late". */
void probe_activate(probe *me);
uint32_t probe_latency(const probe *me);

/* Process a block; false: it gave up. inputs and outputs: of PROBE_SIDES or fewer channels. */
bool probe_process(probe *me, const float *const *inputs, int input_count, float *const *outputs, int output_count,
                   uint32_t frames, const probe_event *events, uint32_t count, const probe_shell *shell);

/* A call on the main thread that was asked for. */
void probe_on_main_thread(probe *me);

void probe_save(const probe *me, uint8_t state[PROBE_STATE_BYTES]);
bool probe_load(probe *me, const uint8_t *state, size_t size);

/* The fault that the environment asks for, PROBE_FAULT=NAME. */
bool probe_has_fault(const char *name);
/* Set from outside: whether a plugin that hangs comes back. */
extern volatile int probe_released;

#endif
