/* A host of plugins for the tests: it plays messages through one plugin or through several on threads of their own. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clap_abi.h"

enum { MIDI, PARAM, NOTE_ON, NOTE_OFF, NOTE_CHOKE, EXPRESSION };
enum { MAX_TOLD = 4096 };

typedef struct {
  int64_t frame;
  int32_t type, first, second, third; /* bytes; identifier; key, channel; expression, key, channel */
  double value;
} message;

typedef struct {
  void *library;
  const clap_plugin_entry *entry;
  const clap_plugin_factory *factory;
} module;

typedef struct {
  uint32_t id;
  double value;
} told_value;

typedef struct {
  const clap_plugin *plugin;
  clap_host host;
  int rescans;
  uint32_t told_count;
  told_value told[MAX_TOLD];
} player;

typedef union {
  clap_event header;
  clap_note_event note;
  clap_expression_event expression;
  clap_param_event param;
  clap_midi_event midi;
} any_event;

typedef struct {
  any_event *events;
  uint32_t count;
} event_list;

static uint32_t list_size(const clap_input_events *list) { return ((event_list *)list->context)->count; }

static const clap_event *list_get(const clap_input_events *list, uint32_t i) {
  return &((event_list *)list->context)->events[i].header;
}

static bool take_told(const clap_output_events *list, const clap_event *event) {
  player *me = list->context;
  if (event->type == CLAP_PARAM_VALUE && me->told_count < MAX_TOLD) {
    told_value value = {((const clap_param_event *)event)->param, ((const clap_param_event *)event)->value};
    me->told[me->told_count++] = value;
  }
  return true;
}

static void rescan(const clap_host *host, uint32_t flags) {
  (void)flags;
  ((player *)host->data)->rescans++;
}

static const clap_host_params HOST_PARAMS = {rescan, NULL, NULL};

static const void *host_extension(const clap_host *host, const char *id) {
  (void)host;
  return strcmp(id, "clap.params") ? NULL : &HOST_PARAMS;
}

static void ignore(const clap_host *host) { (void)host; }

void *host_open(const char *path) {
  module *made = calloc(1, sizeof *made);
  made->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!made->library) {
    fprintf(stderr, "%s\n", dlerror());
    free(made);
    return NULL;
  }
  made->entry = dlsym(made->library, "clap_entry");
  if (!made->entry || !made->entry->init(path)) {
    dlclose(made->library);
    free(made);
    return NULL;
  }
  made->factory = made->entry->get_factory("clap.plugin-factory");
  return made;
}

void host_close(module *opened) {
  opened->entry->deinit();
  dlclose(opened->library);
  free(opened);
}

const clap_descriptor *host_descriptor(const module *opened) {
  return opened->factory->count(opened->factory) == 1 ? opened->factory->get(opened->factory, 0) : NULL;
}

player *host_create(const module *opened) {
  player *made = calloc(1, sizeof *made);
  clap_host host = {{1, 2, 0}, made, "test", "Luthier", "", "1", host_extension, ignore, ignore, ignore};
  made->host = host;
  made->plugin = opened->factory->create(opened->factory, &made->host, host_descriptor(opened)->id);
  if (!made->plugin || !made->plugin->init(made->plugin)) {
    free(made);
    return NULL;
  }
  return made;
}

void host_destroy(player *me) {
  me->plugin->destroy(me->plugin);
  free(me);
}

int host_activate(player *me, double rate, uint32_t most) {
  return me->plugin->activate(me->plugin, rate, 1, most) && me->plugin->start_processing(me->plugin);
}

void host_deactivate(player *me) {
  me->plugin->stop_processing(me->plugin);
  me->plugin->deactivate(me->plugin);
}

void host_reset(player *me) { me->plugin->reset(me->plugin); }

static void fill(any_event *event, const message *from, uint32_t time) {
  memset(event, 0, sizeof *event);
  event->header.time = time;
  switch (from->type) {
    case MIDI:
      event->header.type = CLAP_MIDI;
      event->header.size = sizeof event->midi;
      event->midi.data[0] = (uint8_t)from->first;
      event->midi.data[1] = (uint8_t)from->second;
      event->midi.data[2] = (uint8_t)from->third;
      break;
    case PARAM:
      event->header.type = CLAP_PARAM_VALUE;
      event->header.size = sizeof event->param;
      event->param.param = (uint32_t)from->first;
      event->param.note_id = event->param.port = event->param.channel = event->param.key = -1;
      event->param.value = from->value;
      break;
    case EXPRESSION:
      event->header.type = CLAP_NOTE_EXPRESSION;
      event->header.size = sizeof event->expression;
      event->expression.expression = from->first;
      event->expression.note_id = -1;
      event->expression.key = (int16_t)from->second;
      event->expression.channel = (int16_t)from->third;
      event->expression.value = from->value;
      break;
    default:
      event->header.type = (uint16_t)(from->type == NOTE_ON    ? CLAP_NOTE_ON
                                      : from->type == NOTE_OFF ? CLAP_NOTE_OFF
                                                               : CLAP_NOTE_CHOKE);
      event->header.size = sizeof event->note;
      event->note.note_id = -1;
      event->note.key = (int16_t)from->first;
      event->note.channel = (int16_t)from->second;
      event->note.velocity = from->value;
  }
}

/* Play `total` frames to out (2, total), in blocks of sizes used in turn; the result of the last `process`. */
int host_play(player *me, const message *messages, int64_t count, const int32_t *blocks, int32_t block_count,
              const float *input, float *out, int64_t total) {
  any_event *events = calloc((size_t)count + 1, sizeof *events);
  int64_t next = 0, start = 0;
  int32_t turn = 0, result = 0;
  while (start < total) {
    int64_t frames = blocks[turn++ % block_count];
    if (frames > total - start) frames = total - start;
    event_list list = {events, 0};
    for (; next < count && messages[next].frame < start + frames; next++)
      fill(&events[list.count++], &messages[next], (uint32_t)(messages[next].frame - start));
    clap_input_events in = {&list, list_size, list_get};
    clap_output_events told = {me, take_told};
    float *sides[2] = {out + start, out + total + start};
    float *voice[2] = {(float *)input + start, (float *)input + total + start};
    clap_audio_buffer output = {sides, NULL, 2, 0, 0}, microphone = {voice, NULL, 2, 0, 0};
    clap_process process = {start, (uint32_t)frames, NULL, input ? &microphone : NULL, &output, input ? 1 : 0, 1, &in,
                            &told};
    result = me->plugin->process(me->plugin, &process);
    start += frames;
  }
  free(events);
  return result;
}

typedef struct {
  player *me;
  const message *messages;
  int64_t count, total;
  float *out;
} job;

static void *work(void *argument) {
  job *mine = argument;
  const int32_t block = 128;
  host_play(mine->me, mine->messages, mine->count, &block, 1, NULL, mine->out, mine->total);
  return NULL;
}

/* Play the same on several instances, each on a thread of its own, to out (threads, 2, total). */
void host_play_threads(player **players, int32_t threads, const message *messages, int64_t count, float *out,
                       int64_t total) {
  pthread_t *all = calloc((size_t)threads, sizeof *all);
  job *jobs = calloc((size_t)threads, sizeof *jobs);
  for (int32_t i = 0; i < threads; i++) {
    job mine = {players[i], messages, count, total, out + 2 * total * i};
    jobs[i] = mine;
    pthread_create(&all[i], NULL, work, &jobs[i]);
  }
  for (int32_t i = 0; i < threads; i++) pthread_join(all[i], NULL);
  free(all);
  free(jobs);
}

/* Extensions. */

static const clap_params *params_of(const player *me) { return me->plugin->get_extension(me->plugin, "clap.params"); }

int host_param(const player *me, uint32_t i, clap_param_info *info) {
  return i < params_of(me)->count(me->plugin) && params_of(me)->get_info(me->plugin, i, info);
}

double host_value(const player *me, uint32_t id) {
  double value = 0;
  return params_of(me)->get_value(me->plugin, id, &value) ? value : -1e300;
}

int host_text(const player *me, uint32_t id, double value, char *text, uint32_t size) {
  return params_of(me)->value_to_text(me->plugin, id, value, text, size);
}

double host_parse(const player *me, uint32_t id, const char *text) {
  double value = 0;
  return params_of(me)->text_to_value(me->plugin, id, text, &value) ? value : -1e300;
}

uint32_t host_told(const player *me, told_value *values) {
  memcpy(values, me->told, sizeof(told_value) * me->told_count);
  return me->told_count;
}

int host_rescans(const player *me) { return me->rescans; }

uint32_t host_ports(const player *me, int is_input, int is_audio) {
  if (is_audio)
    return ((const clap_audio_ports *)me->plugin->get_extension(me->plugin, "clap.audio-ports"))
        ->count(me->plugin, is_input);
  return ((const clap_note_ports *)me->plugin->get_extension(me->plugin, "clap.note-ports"))
      ->count(me->plugin, is_input);
}

uint32_t host_latency(const player *me) {
  return ((const clap_latency *)me->plugin->get_extension(me->plugin, "clap.latency"))->get(me->plugin);
}

uint32_t host_tail(const player *me) {
  return ((const clap_tail *)me->plugin->get_extension(me->plugin, "clap.tail"))->get(me->plugin);
}

typedef struct {
  uint8_t *data;
  uint64_t size, place, piece;
} memory_stream;

static int64_t write_piece(const clap_output_stream *stream, const void *buffer, uint64_t size) {
  memory_stream *to = stream->context;
  if (size > to->piece) size = to->piece;
  if (size > to->size - to->place) return -1;
  memcpy(to->data + to->place, buffer, size);
  to->place += size;
  return (int64_t)size;
}

static int64_t read_piece(const clap_input_stream *stream, void *buffer, uint64_t size) {
  memory_stream *from = stream->context;
  if (size > from->piece) size = from->piece;
  if (size > from->size - from->place) size = from->size - from->place;
  memcpy(buffer, from->data + from->place, size);
  from->place += size;
  return (int64_t)size;
}

/* Save to at most `size` bytes, in pieces; how many, -1 if it fails. */
int64_t host_save(const player *me, uint8_t *data, uint64_t size, uint64_t piece) {
  memory_stream to = {data, size, 0, piece};
  clap_output_stream stream = {&to, write_piece};
  const clap_state *state = me->plugin->get_extension(me->plugin, "clap.state");
  return state->save(me->plugin, &stream) ? (int64_t)to.place : -1;
}

int host_load(const player *me, const uint8_t *data, uint64_t size, uint64_t piece) {
  memory_stream from = {(uint8_t *)data, size, 0, piece};
  clap_input_stream stream = {&from, read_piece};
  const clap_state *state = me->plugin->get_extension(me->plugin, "clap.state");
  return state->load(me->plugin, &stream);
}
