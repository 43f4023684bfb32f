/* The probe as plugins of LV2: an instrument, and effects, stereo, mono and with many ports.

   Faults of the environment: descriptor, abort, hang, create, run, late. A value of a control that differs from the one
   before is an event of the frame at which a run begins. The declarations are ours, as the specification has them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe_core.h"

#define PREFIX "urn:luthier:probe:"
enum { MAX_EVENTS = 8192, MAX_PORTS = 32, CONTROLS = 3 };
enum { INSTRUMENT, EFFECT, MONO_EFFECT, WIDE_EFFECT, KINDS };
enum { LIARS = 9, LIAR_BYTES = 32 }; /* effects whose descriptions are wrong: PREFIX liar0 …; 8: with many knobs */

typedef void *handle;
typedef struct { const char *uri; void *data; } feature;
typedef struct {
  const char *uri;
  handle (*instantiate)(const void *descriptor, double rate, const char *bundle, const feature *const *features);
  void (*connect_port)(handle instance, uint32_t port, void *data);
  void (*activate)(handle instance);
  void (*run)(handle instance, uint32_t frames);
  void (*deactivate)(handle instance);
  void (*cleanup)(handle instance);
  const void *(*extension_data)(const char *uri);
} descriptor;
typedef struct { void *handle; uint32_t (*map)(void *handle, const char *uri); } urid_map;
typedef struct { void *handle; int (*schedule_work)(void *handle, uint32_t size, const void *data); } scheduler;
typedef int (*respond_function)(void *handle, uint32_t size, const void *data);
typedef struct {
  int (*work)(handle instance, respond_function respond, void *respond_handle, uint32_t size, const void *data);
  int (*work_response)(handle instance, uint32_t size, const void *data);
  int (*end_run)(handle instance);
} worker;
typedef int (*store_function)(void *state, uint32_t key, const void *value, size_t size, uint32_t type, uint32_t flags);
typedef const void *(*retrieve_function)(void *state, uint32_t key, size_t *size, uint32_t *type, uint32_t *flags);
typedef struct {
  int (*save)(handle instance, store_function store, void *state, uint32_t flags, const feature *const *features);
  int (*restore)(handle instance, retrieve_function get, void *state, uint32_t flags, const feature *const *features);
} state_interface;
typedef struct { uint32_t size, type, unit, pad; } sequence;
typedef struct { int64_t frame; uint32_t size, type; uint8_t body[8]; } event;

/* Where the ports of each kind begin: inputs, outputs, controls; then calls, latency. */
static const int INPUTS[KINDS] = {0, 2, 1, 4}, OUTPUTS[KINDS] = {2, 2, 1, 3};

typedef struct {
  int kind;
  probe core;
  void *ports[MAX_PORTS];
  float controls[CONTROLS];
  probe_event events[MAX_EVENTS];
  const urid_map *map;
  const scheduler *scheduler;
  uint32_t midi, key, chunk;
} instance;

static int first_control(const instance *me) { return (me->kind == INSTRUMENT) + INPUTS[me->kind] + OUTPUTS[me->kind]; }
static float *port(const instance *me, int index) { return me->ports[index]; }

static const void *find(const feature *const *features, const char *uri) {
  for (; features && *features; features++)
    if (!strcmp((*features)->uri, uri)) return (*features)->data;
  return NULL;
}

static handle instantiate(const void *given, double rate, const char *bundle, const feature *const *features) {
  const char *uri = ((const descriptor *)given)->uri;
  static const char *const NAMES[KINDS] = {"instrument", "effect", "mono", "wide"};
  if (probe_has_fault("abort")) abort();
  while (probe_has_fault("hang")) sleep(1);
  if (probe_has_fault("create") || rate <= 0 || !bundle) return NULL;
  instance *me = calloc(1, sizeof *me);
  while (me->kind < KINDS && strcmp(uri + strlen(PREFIX), NAMES[me->kind])) me->kind++;
  if (me->kind == KINDS) me->kind = EFFECT;
  me->map = find(features, "http://lv2plug.in/ns/ext/urid#map");
  me->scheduler = find(features, "http://lv2plug.in/ns/ext/worker#schedule");
  me->midi = me->map->map(me->map->handle, "http://lv2plug.in/ns/ext/midi#MidiEvent");
  me->chunk = me->map->map(me->map->handle, "http://lv2plug.in/ns/ext/atom#Chunk");
  me->key = me->map->map(me->map->handle, PREFIX "state");
  for (int i = 0; i < CONTROLS; i++) me->controls[i] = NAN;
  probe_init(&me->core, me->kind == INSTRUMENT);
  return me;
}
static void connect_port(handle given, uint32_t index, void *data) {
  if (index < MAX_PORTS) ((instance *)given)->ports[index] = data;
}
static void activate(handle given) {
  probe_reset(&((instance *)given)->core);
  probe_activate(&((instance *)given)->core);
}
static void deactivate(handle given) { (void)given; }
static void cleanup(handle given) { free(given); }

static bool tell(void *context, uint32_t frame, int param, double value) {
  (void)context, (void)frame, (void)param, (void)value;
  return false;
}
static void ask(void *context) {
  instance *me = context;
  if (me->scheduler) me->scheduler->schedule_work(me->scheduler->handle, 5, "probe");
}
static void restart(void *context) { /* its URIs may be asked for while it plays, too */
  instance *me = context;
  char uri[64];
  snprintf(uri, sizeof uri, PREFIX "run:%d", (int)me->core.blocks);
  me->core.values[PROBE_CALLS] += me->map->map(me->map->handle, uri) ? 100 : 0;
}

static uint32_t read_events(instance *me) {
  const sequence *midi = me->ports[0];
  uint32_t count = 0;
  const uint8_t *at = (const uint8_t *)midi + sizeof *midi, *end = (const uint8_t *)&midi->unit + midi->size;
  for (; at < end && count < MAX_EVENTS; at += 16 + ((((const event *)at)->size + 7) & ~7u)) {
    const event *each = (const event *)at;
    if (each->type != me->midi) continue;
    int status = each->body[0] & 0xF0, is_on = status == 0x90, is_off = status == 0x80;
    probe_event made = {(uint32_t)each->frame, is_on ? PROBE_NOTE_ON : is_off ? PROBE_NOTE_OFF : PROBE_MIDI, 0,
                        each->body[0] + each->body[1] / 256.0};
    if (is_on || is_off) made.value = each->body[1] + (is_on ? each->body[2] / 254.0 : 0);
    me->events[count++] = made;
  }
  return count;
}

static uint32_t read_controls(instance *me, uint32_t count) {
  for (int i = 0; i < CONTROLS; i++) {
    float value = *port(me, first_control(me) + i);
    if (value == me->controls[i]) continue;
    bool is_first = isnan(me->controls[i]);
    me->controls[i] = value;
    me->core.values[i] = value;
    if (is_first || count == MAX_EVENTS) continue;
    probe_event made = {0, PROBE_PARAM, i, value};
    memmove(me->events + 1, me->events, count * sizeof *me->events);
    me->events[0] = made;
    count++;
  }
  return count;
}

static void run(handle given, uint32_t frames) {
  instance *me = given;
  const float *inputs[PROBE_SIDES] = {0};
  float *outputs[PROBE_SIDES] = {0}, mixed[PROBE_SIDES][4096];
  int first = me->kind == INSTRUMENT, input_count = INPUTS[me->kind], output_count = OUTPUTS[me->kind];
  int controls = first_control(me);
  if (frames && probe_has_fault("run")) abort();
  for (int i = 0; i < input_count && i < PROBE_SIDES; i++) inputs[i] = port(me, first + i);
  for (int i = 0; i < output_count && i < PROBE_SIDES; i++) outputs[i] = port(me, first + input_count + i);
  if (me->kind == WIDE_EFFECT) { /* main input + 10 * side chain to the first two outputs, 100 to the third one */
    for (int side = 0; side < PROBE_SIDES; side++) {
      for (uint32_t t = 0; t < frames; t++) mixed[side][t] = inputs[side][t] + 10 * port(me, 2 + side)[t];
      inputs[side] = mixed[side];
    }
    for (uint32_t t = 0; t < frames; t++) port(me, 6)[t] = 100;
  }
  uint32_t count = read_controls(me, me->kind == INSTRUMENT ? read_events(me) : 0);
  probe_shell shell = {me, tell, ask, restart};
  if (frames)
    probe_process(&me->core, inputs, input_count < PROBE_SIDES ? input_count : PROBE_SIDES, outputs,
                  output_count < PROBE_SIDES ? output_count : PROBE_SIDES, frames, me->events, count, &shell);
  *port(me, controls + CONTROLS) = (float)me->core.values[PROBE_CALLS];
  *port(me, controls + CONTROLS + 1) = (float)probe_latency(&me->core);
}

static int work(handle given, respond_function respond, void *respond_handle, uint32_t size, const void *data) {
  (void)given;
  return size == 5 && !memcmp(data, "probe", 5) ? respond(respond_handle, size, data) : 1;
}
static int work_response(handle given, uint32_t size, const void *data) {
  if (size == 5 && !memcmp(data, "probe", 5)) probe_on_main_thread(&((instance *)given)->core);
  return 0;
}

static int save(handle given, store_function store, void *state, uint32_t flags, const feature *const *features) {
  instance *me = given;
  uint8_t bytes[PROBE_STATE_BYTES];
  (void)flags, (void)features;
  probe_save(&me->core, bytes);
  return store(state, me->key, bytes, sizeof bytes, me->chunk, 3);
}
static int restore(handle given, retrieve_function get, void *state, uint32_t flags, const feature *const *features) {
  instance *me = given;
  size_t size = 0;
  uint32_t type = 0, kept = 0;
  (void)flags, (void)features;
  const void *bytes = get(state, me->key, &size, &type, &kept);
  return bytes && probe_load(&me->core, bytes, size) ? 0 : 1;
}
static const worker WORKER = {work, work_response, NULL};
static const state_interface STATE = {save, restore};
static const void *extension_data(const char *uri) {
  if (!strcmp(uri, "http://lv2plug.in/ns/ext/worker#interface")) return &WORKER;
  if (!strcmp(uri, "http://lv2plug.in/ns/ext/state#interface")) return &STATE;
  return NULL;
}

#define DESCRIPTOR(name) \
  {PREFIX name, instantiate, connect_port, activate, run, deactivate, cleanup, extension_data}
__attribute__((visibility("default"))) const descriptor *lv2_descriptor(uint32_t index) {
  static const descriptor DESCRIPTORS[KINDS] = {DESCRIPTOR("instrument"), DESCRIPTOR("effect"), DESCRIPTOR("mono"),
                                                DESCRIPTOR("wide")};
  static descriptor liars[LIARS];
  static char uris[LIARS][LIAR_BYTES];
  if (index >= KINDS + LIARS || probe_has_fault("descriptor")) return NULL;
  if (index < KINDS) return &DESCRIPTORS[index];
  int number = (int)index - KINDS;
  snprintf(uris[number], LIAR_BYTES, PREFIX "liar%d", number);
  liars[number] = DESCRIPTORS[EFFECT];
  liars[number].uri = uris[number];
  return &liars[number];
}
