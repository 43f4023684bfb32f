/* The probe as plugins of CLAP: an instrument, one that takes MIDI only, and effects, stereo, mono and with many ports.

   Faults of the environment: entry, factory, abort, hang, init, activate, late, ports, channels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clap_abi.h"
#include "probe_clap_presets.h"
#include "probe_core.h"

enum { MAX_EVENTS = 8192, TIMER_MS = 1, FIRST_ID = 100, LIED_PORTS = 1000 };
enum { INSTRUMENT, MIDI_INSTRUMENT, EFFECT, MONO_EFFECT, WIDE_EFFECT, KINDS };

typedef struct {
  bool (*register_timer)(const clap_host *host, uint32_t period, uint32_t *id);
  bool (*unregister_timer)(const clap_host *host, uint32_t id);
} host_timers;
typedef struct {
  bool (*is_main_thread)(const clap_host *host);
  bool (*is_audio_thread)(const clap_host *host);
} host_threads;
typedef struct {
  bool (*from_location)(const clap_plugin *plugin, uint32_t kind, const char *place, const char *key);
} plugin_preset_load;
typedef struct { void (*on_timer)(const clap_plugin *plugin, uint32_t id); } plugin_timers;

typedef struct {
  clap_plugin plugin;
  const clap_host *host;
  const host_threads *threads;
  int kind;
  probe core;
  probe_event events[MAX_EVENTS];
  const clap_output_events *out;
} instance;

static const clap_version VERSION = {1, 2, 0};
static const char *const INSTRUMENT_FEATURES[] = {"instrument", "stereo", NULL};
static const char *const EFFECT_FEATURES[] = {"audio-effect", NULL};
static const clap_descriptor DESCRIPTORS[KINDS] = {
    {VERSION, "probe.instrument", "Probe", "Luthier", "", "", "", "1", "", INSTRUMENT_FEATURES},
    {VERSION, "probe.midi", "Probe MIDI", "Luthier", "", "", "", "1", "", INSTRUMENT_FEATURES},
    {VERSION, "probe.effect", "Probe effect", "Luthier", "", "", "", "1", "", EFFECT_FEATURES},
    {VERSION, "probe.mono", "Probe mono", "Luthier", "", "", "", "1", "", EFFECT_FEATURES},
    {VERSION, "probe.wide", "Probe wide", "Luthier", "", "", "", "1", "", EFFECT_FEATURES},
};

static instance *self(const clap_plugin *plugin) { return plugin->data; }

static void expect_thread(instance *me, bool is_audio) {
  if (me->threads && !(is_audio ? me->threads->is_audio_thread : me->threads->is_main_thread)(me->host))
    me->core.values[PROBE_WRONG_THREADS]++;
}

/* Life. */

static bool on_init(const clap_plugin *plugin) {
  instance *me = self(plugin);
  me->threads = me->host->get_extension(me->host, "clap.thread-check");
  const host_timers *timers = me->host->get_extension(me->host, "clap.timer-support");
  uint32_t id = 0;
  if (timers && me->kind == EFFECT) timers->register_timer(me->host, TIMER_MS, &id);
  expect_thread(me, false);
  return !me->host->get_extension(me->host, "clap.nothing") && !probe_has_fault("init");
}
static void on_destroy(const clap_plugin *plugin) { free(self(plugin)); }
static bool on_activate(const clap_plugin *plugin, double rate, uint32_t least, uint32_t most) {
  expect_thread(self(plugin), false);
  probe_activate(&self(plugin)->core);
  return rate > 0 && least <= most && !probe_has_fault("activate");
}
static void on_deactivate(const clap_plugin *plugin) { expect_thread(self(plugin), false); }
static bool on_start(const clap_plugin *plugin) {
  expect_thread(self(plugin), true);
  return true;
}
static void on_stop(const clap_plugin *plugin) { expect_thread(self(plugin), true); }
static void on_reset(const clap_plugin *plugin) {
  expect_thread(self(plugin), true);
  probe_reset(&self(plugin)->core);
}
static void on_main_thread(const clap_plugin *plugin) {
  expect_thread(self(plugin), false);
  probe_on_main_thread(&self(plugin)->core);
}

/* Events. */

static bool tell(void *context, uint32_t frame, int param, double value) {
  instance *me = context;
  clap_param_event event = {{sizeof event, frame, CLAP_CORE_SPACE, CLAP_PARAM_VALUE, 0},
                            (uint32_t)(FIRST_ID + param), NULL, -1, -1, -1, -1, value};
  return me->out->try_push(me->out, &event.header);
}
static void ask(void *context) { ((instance *)context)->host->request_callback(((instance *)context)->host); }
static void restart(void *context) { ((instance *)context)->host->request_restart(((instance *)context)->host); }

/* An event of the host for the core; false: it is none. */
static bool translate(const clap_event *event, probe_event *made) {
  const clap_note_event *note = (const clap_note_event *)event;
  made->frame = event->time;
  switch (event->type) {
    case CLAP_NOTE_ON:
      made->kind = PROBE_NOTE_ON;
      made->value = note->key + note->velocity / 2;
      return true;
    case CLAP_NOTE_OFF:
    case CLAP_NOTE_CHOKE:
      made->kind = event->type == CLAP_NOTE_OFF ? PROBE_NOTE_OFF : PROBE_CHOKE;
      made->value = note->key;
      return true;
    case CLAP_NOTE_EXPRESSION:
      made->kind = PROBE_EXPRESSION;
      made->value = ((const clap_expression_event *)event)->value;
      return true;
    case CLAP_PARAM_VALUE:
      made->kind = PROBE_PARAM;
      made->param = (int)((const clap_param_event *)event)->param - FIRST_ID;
      made->value = ((const clap_param_event *)event)->value;
      return made->param >= 0 && made->param < PROBE_PARAMS;
    case CLAP_MIDI:
      made->kind = PROBE_MIDI;
      made->value = ((const clap_midi_event *)event)->data[0] + ((const clap_midi_event *)event)->data[1] / 256.0;
      return true;
    default:
      return false;
  }
}

static int32_t on_process(const clap_plugin *plugin, const clap_process *process) {
  instance *me = self(plugin);
  const float *inputs[PROBE_SIDES] = {0};
  float *outputs[PROBE_SIDES] = {0};
  float mixed[PROBE_SIDES][4096];
  int input_count = 0, output_count = 0;
  uint32_t count = 0, total = process->in_events->size(process->in_events);
  expect_thread(me, true);
  for (uint32_t i = 0; i < total && count < MAX_EVENTS; i++) {
    const clap_event *event = process->in_events->get(process->in_events, i);
    count += event && event->space == CLAP_CORE_SPACE && translate(event, &me->events[count]);
  }
  if (process->input_count)
    for (; input_count < (int)process->inputs[0].channel_count && input_count < PROBE_SIDES; input_count++)
      inputs[input_count] = process->inputs[0].data32[input_count];
  for (; output_count < (int)process->outputs[0].channel_count && output_count < PROBE_SIDES; output_count++)
    outputs[output_count] = process->outputs[0].data32[output_count];
  if (me->kind == WIDE_EFFECT) { /* main input + 10 * side chain to the first output, 100 to the mono one */
    for (int side = 0; side < PROBE_SIDES; side++) {
      for (uint32_t t = 0; t < process->frames; t++)
        mixed[side][t] = inputs[side][t] + 10 * process->inputs[1].data32[side][t];
      inputs[side] = mixed[side];
    }
    for (uint32_t t = 0; t < process->frames; t++) process->outputs[1].data32[0][t] = 100;
  }
  me->out = process->out_events;
  probe_shell shell = {me, tell, ask, restart};
  bool is_good = probe_process(&me->core, inputs, input_count, outputs, output_count, process->frames, me->events,
                               count, &shell);
  return is_good ? CLAP_CONTINUE : CLAP_ERROR;
}

/* Ports. */

static uint32_t audio_count(const clap_plugin *plugin, bool is_input) {
  int kind = self(plugin)->kind;
  if (probe_has_fault("ports")) return LIED_PORTS;
  if (kind == INSTRUMENT || kind == MIDI_INSTRUMENT) return !is_input;
  return kind == WIDE_EFFECT ? 2 : 1;
}
static bool audio_get(const clap_plugin *plugin, uint32_t index, bool is_input, clap_audio_port_info *info) {
  int kind = self(plugin)->kind;
  if (index >= audio_count(plugin, is_input) || probe_has_fault("ports")) return false;
  memset(info, 0, sizeof *info);
  info->flags = index == 0;
  info->id = index;
  info->channel_count = kind == MONO_EFFECT || (kind == WIDE_EFFECT && index && !is_input) ? 1 : 2;
  if (probe_has_fault("channels")) info->channel_count = 1u << 30;
  info->port_type = info->channel_count == 1 ? "mono" : "stereo";
  info->in_place_pair = UINT32_MAX;
  return true;
}
static uint32_t note_count(const clap_plugin *plugin, bool is_input) { return is_input && self(plugin)->kind < EFFECT; }
static bool note_get(const clap_plugin *plugin, uint32_t index, bool is_input, clap_note_port_info *info) {
  if (index || !note_count(plugin, is_input)) return false;
  memset(info, 0, sizeof *info);
  info->supported_dialects = info->preferred_dialect = self(plugin)->kind == INSTRUMENT ? 1 : 2;
  return true;
}
static const clap_audio_ports AUDIO_PORTS = {audio_count, audio_get};
static const clap_note_ports NOTE_PORTS = {note_count, note_get};

/* Parameters. */

static uint32_t param_count(const clap_plugin *plugin) { return plugin ? PROBE_PARAMS : 0; }
static bool param_info(const clap_plugin *plugin, uint32_t index, clap_param_info *info) {
  (void)plugin;
  if (index >= PROBE_PARAMS) return false;
  const probe_param *param = &PROBE_PARAM_TABLE[index];
  memset(info, 0, sizeof *info);
  info->id = FIRST_ID + index;
  info->flags = CLAP_PARAM_AUTOMATABLE | (param->is_stepped ? CLAP_PARAM_STEPPED : 0) | (param->is_read_only ? 8u : 0);
  strcpy(info->name, param->name);
  strcpy(info->module, param->group);
  info->low = param->low;
  info->high = param->high;
  info->initial = param->initial;
  return true;
}
static bool param_value(const clap_plugin *plugin, uint32_t id, double *value) {
  if (id < FIRST_ID || id >= FIRST_ID + PROBE_PARAMS) return false;
  *value = self(plugin)->core.values[id - FIRST_ID];
  return true;
}
static bool param_text(const clap_plugin *plugin, uint32_t id, double value, char *text, uint32_t size) {
  (void)plugin;
  if (id == FIRST_ID + PROBE_MODE && value >= 0 && value < PROBE_MODES)
    snprintf(text, size, "%s", PROBE_MODE_WORDS[(int)value]);
  else snprintf(text, size, id == FIRST_ID + PROBE_GAIN ? "%.2f x" : "%.2f", value);
  return true;
}
static bool param_parse(const clap_plugin *plugin, uint32_t id, const char *text, double *value) {
  (void)plugin;
  (void)id;
  *value = atof(text);
  return true;
}
static void param_flush(const clap_plugin *plugin, const clap_input_events *in, const clap_output_events *out) {
  probe_event event;
  (void)out;
  for (uint32_t i = 0; in && i < in->size(in); i++)
    if (translate(in->get(in, i), &event) && event.kind == PROBE_PARAM)
      self(plugin)->core.values[event.param] = event.value;
}
static const clap_params PARAMS = {param_count, param_info, param_value, param_text, param_parse, param_flush};

/* State, latency, timers. */

static bool state_save(const clap_plugin *plugin, const clap_output_stream *stream) {
  uint8_t state[PROBE_STATE_BYTES];
  probe_save(&self(plugin)->core, state);
  for (size_t done = 0; done < sizeof state; done += 7) {
    size_t size = sizeof state - done < 7 ? sizeof state - done : 7;
    if (stream->write(stream, state + done, size) != (int64_t)size) return false;
  }
  return true;
}
static bool state_load(const clap_plugin *plugin, const clap_input_stream *stream) {
  uint8_t state[PROBE_STATE_BYTES + 1];
  size_t size = 0;
  for (int64_t got = 1; got > 0 && size < sizeof state; size += (size_t)got) {
    got = stream->read(stream, state + size, sizeof state - size < 5 ? sizeof state - size : 5);
    if (got < 0) return false;
  }
  return probe_load(&self(plugin)->core, state, size);
}
static uint32_t latency(const clap_plugin *plugin) { return probe_latency(&self(plugin)->core); }
static void on_timer(const clap_plugin *plugin, uint32_t id) {
  expect_thread(self(plugin), false);
  if (id) self(plugin)->core.values[PROBE_CALLS] += 1000;
}
static const clap_state STATE = {state_save, state_load};
static const clap_latency LATENCY = {latency};
static bool load_preset(const clap_plugin *plugin, uint32_t kind, const char *place, const char *key) {
  double gain = probe_preset_gain(kind, place, key);
  expect_thread(self(plugin), false);
  if (gain >= 0) self(plugin)->core.values[PROBE_GAIN] = gain;
  return gain >= 0;
}
static const plugin_timers TIMERS = {on_timer};
static const plugin_preset_load PRESET_LOAD = {load_preset};

static const void *get_extension(const clap_plugin *plugin, const char *id) {
  (void)plugin;
  if (!strcmp(id, "clap.audio-ports")) return &AUDIO_PORTS;
  if (!strcmp(id, "clap.note-ports")) return &NOTE_PORTS;
  if (!strcmp(id, "clap.params")) return &PARAMS;
  if (!strcmp(id, "clap.state")) return &STATE;
  if (!strcmp(id, "clap.latency")) return &LATENCY;
  if (!strcmp(id, "clap.timer-support")) return &TIMERS;
  if (!strcmp(id, "clap.preset-load/2")) return &PRESET_LOAD;
  return NULL;
}

/* The factory. */

static uint32_t factory_count(const clap_plugin_factory *factory) { return factory ? KINDS : 0; }
static const clap_descriptor *factory_get(const clap_plugin_factory *factory, uint32_t index) {
  (void)factory;
  return index < KINDS ? &DESCRIPTORS[index] : NULL;
}
static const clap_plugin *factory_create(const clap_plugin_factory *factory, const clap_host *host, const char *id) {
  (void)factory;
  int kind = 0;
  while (kind < KINDS && strcmp(id, DESCRIPTORS[kind].id)) kind++;
  if (probe_has_fault("abort")) abort();
  while (probe_has_fault("hang")) sleep(1);
  instance *me = kind < KINDS && !probe_has_fault("create") ? calloc(1, sizeof *me) : NULL;
  if (!me) return NULL;
  clap_plugin made = {&DESCRIPTORS[kind], me, on_init, on_destroy, on_activate, on_deactivate, on_start, on_stop,
                      on_reset, on_process, get_extension, on_main_thread};
  me->plugin = made;
  me->host = host;
  me->kind = kind;
  probe_init(&me->core, kind < EFFECT);
  return &me->plugin;
}
static const clap_plugin_factory FACTORY = {factory_count, factory_get, factory_create};

static bool entry_init(const char *path) { return path && !probe_has_fault("entry"); }
static void entry_deinit(void) {}
static const void *entry_factory(const char *id) {
  if (!strcmp(id, "clap.preset-discovery-factory/2")) return probe_preset_factory();
  return strcmp(id, "clap.plugin-factory") || probe_has_fault("factory") ? NULL : &FACTORY;
}
__attribute__((visibility("default"))) const clap_plugin_entry clap_entry = {VERSION, entry_init, entry_deinit,
                                                                             entry_factory};
