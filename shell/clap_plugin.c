/* An exported instrument as a CLAP plugin: the images stand at the end of this very file (export/plugin/clap.py). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clap_abi.h"
#include "resampler.h"
#include "runtime.h"

enum {
  MAX_PARAMS = LUTHIER_MAX_PARAMS, KEYS = 128, CHANNELS = 16, ALL_NOTES_OFF = 123, TRAILER_BYTES = 24, TAIL_SECONDS = 10,
  STATE_ENTRY_BYTES = 16
};
static const char TRAILER[8] = {'L', 'U', 'T', 'H', 'E', 'N', 'D', 1};
static const char STATE_MAGIC[8] = {'L', 'U', 'T', 'H', 'S', 'E', 'T', 1};
static const clap_version VERSION = {1, 2, 0};

static struct {
  int count; /* of calls of init without deinit */
  void *mapping;
  size_t size;
  luthier_file file;
  luthier_labels labels;
  clap_descriptor descriptor;
} library;

typedef struct {
  clap_plugin plugin;
  const clap_host *host;
  luthier_image image; /* of the rate that is played, of the first image until then */
  luthier_instance *instance;
  luthier_resampler output, input;
  int resamples;
  uint32_t host_rate;
  int sound_slot; /* of the instrument itself */
  _Atomic uint64_t values[MAX_PARAMS]; /* doubles, as hosts and controllers have set them */
  atomic_bool pending[MAX_PARAMS];     /* to be sent to the chain at the next block */
  float told[MAX_PARAMS];              /* values of the chain that the host knows of */
  atomic_bool resets;
  float inputs[2 * LUTHIER_MAX_FRAMES], audio[2 * LUTHIER_MAX_FRAMES];
} instrument;

static instrument *self(const clap_plugin *plugin) { return plugin->data; }

static double value_of(instrument *me, uint32_t i) {
  uint64_t bits = atomic_load(&me->values[i]);
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

static void set_value(instrument *me, uint32_t i, double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  atomic_store(&me->values[i], bits);
}

static double bounded(const luthier_param *param, double value) {
  if (!(value >= param->low)) value = param->low;
  if (value > param->high) value = param->high;
  return param->flags & LUTHIER_STEPPED ? floor(value + 0.5) : value;
}

static uint32_t param_count(const instrument *me) {
  return me->image.params < MAX_PARAMS ? me->image.params : MAX_PARAMS;
}

/* The number of a parameter by its identifier, -1 if there is none. */
static int find_param(const instrument *me, uint32_t id) {
  for (uint32_t i = 0; i < param_count(me); i++)
    if (luthier_param_at(&me->image, i).id == id) return (int)i;
  return -1;
}

/* Life of an instance. */

static bool on_init(const clap_plugin *plugin) {
  (void)plugin;
  return true;
}

static void on_deactivate(const clap_plugin *plugin) {
  instrument *me = self(plugin);
  luthier_destroy(me->instance);
  me->instance = NULL;
  luthier_resampler_close(&me->output);
  luthier_resampler_close(&me->input);
  me->resamples = 0;
}

static void on_destroy(const clap_plugin *plugin) {
  on_deactivate(plugin);
  free(self(plugin));
}

/* The rate of images from which a rate of the host is made. */
static uint32_t image_rate(uint32_t host_rate) {
  return host_rate % 44100 == 0 || 44100 % host_rate == 0 ? 44100 : 48000;
}

static bool on_activate(const clap_plugin *plugin, double rate, uint32_t least, uint32_t most) {
  instrument *me = self(plugin);
  (void)least;
  (void)most;
  on_deactivate(plugin);
  me->host_rate = (uint32_t)(rate + 0.5);
  if (me->host_rate < 8000 || me->host_rate > 768000) return false;
  enum luthier_result result = luthier_find(&library.file, image_rate(me->host_rate), &me->image);
  if (result != LUTHIER_OK) {
    fprintf(stderr, "%s: %s\n", library.labels.name, luthier_message(result));
    return false;
  }
  me->resamples = me->host_rate != me->image.rate;
  if (me->resamples && (!luthier_resampler_open(&me->output, me->image.rate, me->host_rate) ||
                        !luthier_resampler_open(&me->input, me->host_rate, me->image.rate))) {
    on_deactivate(plugin);
    return false;
  }
  me->instance = luthier_create(&me->image);
  if (!me->instance) {
    on_deactivate(plugin);
    return false;
  }
  for (uint32_t i = 0; i < param_count(me); i++) {
    luthier_param param = luthier_param_at(&me->image, i);
    me->told[i] = (float)value_of(me, i);
    atomic_store(&me->pending[i], me->told[i] != (float)param.initial);
  }
  atomic_store(&me->resets, false);
  return true;
}

static bool on_start(const clap_plugin *plugin) {
  (void)plugin;
  return true;
}

static void on_stop(const clap_plugin *plugin) { (void)plugin; }

static void on_reset(const clap_plugin *plugin) { atomic_store(&self(plugin)->resets, true); }

static void on_main_thread(const clap_plugin *plugin) { (void)plugin; }

/* Events. */

static int send_midi(instrument *me, int64_t frame, int status, int first, int second) {
  return luthier_send(me->instance, frame, LUTHIER_MIDI, 0, LUTHIER_ALL, status | first << 8 | second << 16, 0, -1);
}

static int send_param(instrument *me, int64_t frame, uint32_t i, double value) {
  luthier_param param = luthier_param_at(&me->image, i);
  int sent = luthier_send(me->instance, frame, LUTHIER_PARAM, 0, LUTHIER_ALL, (int32_t)param.index, (float)value,
                          (int)param.slot);
  if (sent) me->told[i] = (float)value;
  return sent;
}

static int send_note(instrument *me, int64_t frame, const clap_note_event *event) {
  int type = event->header.type, channel = event->channel < 0 ? 0 : event->channel & 15, key = event->key;
  if (key < 0 || key >= KEYS) {
    if (type == CLAP_NOTE_CHOKE) return luthier_send(me->instance, frame, LUTHIER_CHOKE, 0, LUTHIER_ALL, 0, 0, -1);
    return type == CLAP_NOTE_ON || send_midi(me, frame, 0xB0 | channel, ALL_NOTES_OFF, 0);
  }
  if (type == CLAP_NOTE_CHOKE)
    return luthier_send(me->instance, frame, LUTHIER_CHOKE, channel, channel << 7 | key, key, 0, me->sound_slot) &&
           send_midi(me, frame, 0x80 | channel, key, 0);
  int velocity = (int)(event->velocity * 127 + 0.5);
  velocity = velocity > 127 ? 127 : velocity < 1 ? 1 : velocity;
  return send_midi(me, frame, (type == CLAP_NOTE_ON ? 0x90 : 0x80) | channel, key, velocity);
}

static int send_expression(instrument *me, int64_t frame, const clap_expression_event *event) {
  int kind = event->expression == CLAP_TUNING       ? LUTHIER_BEND
             : event->expression == CLAP_BRIGHTNESS ? LUTHIER_TIMBRE
             : event->expression == CLAP_PRESSURE   ? LUTHIER_PRESSURE
                                                    : -1;
  if (kind < 0 || event->key < 0 || event->key >= KEYS) return 1;
  int channel = event->channel < 0 ? 0 : event->channel & 15, note = channel << 7 | event->key;
  return luthier_send(me->instance, frame, kind, channel, note, 0, (float)event->value, me->sound_slot);
}

/* Send an event of the host to the chain; 0: this block has no room for it. */
static int take_event(instrument *me, const clap_event *event, int64_t frame) {
  if (event->space != CLAP_CORE_SPACE) return 1;
  switch (event->type) {
    case CLAP_NOTE_ON:
    case CLAP_NOTE_OFF:
    case CLAP_NOTE_CHOKE:
      return send_note(me, frame, (const clap_note_event *)event);
    case CLAP_NOTE_EXPRESSION:
      return send_expression(me, frame, (const clap_expression_event *)event);
    case CLAP_MIDI: {
      const uint8_t *data = ((const clap_midi_event *)event)->data;
      return data[0] < 0x80 || data[0] >= 0xF0 || send_midi(me, frame, data[0], data[1] & 0x7F, data[2] & 0x7F);
    }
    case CLAP_PARAM_VALUE: {
      const clap_param_event *change = (const clap_param_event *)event;
      int i = find_param(me, change->param);
      if (i < 0) return 1;
      luthier_param param = luthier_param_at(&me->image, (uint32_t)i);
      double value = bounded(&param, change->value);
      if (!send_param(me, frame, (uint32_t)i, value)) return 0;
      set_value(me, (uint32_t)i, value);
      return 1;
    }
    default:
      return 1;
  }
}

/* Send what was set while nothing was played. */
static void send_pending(instrument *me) {
  if (atomic_exchange(&me->resets, false)) {
    luthier_send(me->instance, 0, LUTHIER_CHOKE, 0, LUTHIER_ALL, 0, 0, -1);
    if (me->resamples) {
      luthier_resampler_reset(&me->output);
      luthier_resampler_reset(&me->input);
    }
  }
  for (uint32_t i = 0; i < param_count(me); i++)
    if (atomic_exchange(&me->pending[i], false)) send_param(me, 0, i, value_of(me, i));
}

/* Tell the host of the parameters that controllers have turned. */
static void tell_host(instrument *me, const clap_output_events *out, uint32_t frame) {
  for (uint32_t i = 0; i < param_count(me); i++) {
    float value = luthier_value(me->instance, i, me->told[i]);
    if (value == me->told[i] || atomic_load(&me->pending[i])) continue;
    clap_param_event event = {{sizeof event, frame, CLAP_CORE_SPACE, CLAP_PARAM_VALUE, 0},
                              luthier_param_at(&me->image, i).id, NULL, -1, -1, -1, -1, value};
    me->told[i] = value;
    set_value(me, i, value);
    if (out) out->try_push(out, &event.header);
  }
}

/* Sound. */

typedef struct {
  const clap_process *process;
  float *left, *right;
} block;

static void render_part(instrument *me, const block *part, uint32_t start, uint32_t frames, uint32_t inner) {
  const clap_process *process = part->process;
  float *left = part->left + start, *right = part->right ? part->right + start : NULL;
  const float *input = NULL;
  if (me->image.listens && process->input_count && process->inputs[0].data32 && process->inputs[0].channel_count) {
    const clap_audio_buffer *port = &process->inputs[0];
    for (uint32_t c = 0; c < 2; c++)
      memcpy(me->inputs + c * frames, port->data32[c < port->channel_count ? c : 0] + start, sizeof(float) * frames);
    if (me->resamples) {
      luthier_resampler_push(&me->input, me->inputs, frames, frames);
      luthier_resampler_pull(&me->input, me->inputs, me->inputs + inner, inner);
    }
    input = me->inputs;
  }
  if (inner) luthier_render(me->instance, input, me->audio, inner);
  if (me->resamples) {
    luthier_resampler_push(&me->output, me->audio, inner, inner);
    luthier_resampler_pull(&me->output, me->audio, me->audio + frames, frames);
  }
  memcpy(left, me->audio, sizeof(float) * frames);
  if (right) memcpy(right, me->audio + frames, sizeof(float) * frames);
  else
    for (uint32_t t = 0; t < frames; t++) left[t] = 0.5f * (me->audio[t] + me->audio[frames + t]);
}

/* Frames of the image's rate for frames of the host's. */
static uint32_t inner_frames(const instrument *me, uint32_t frames) {
  return me->resamples ? luthier_resampler_needed(&me->output, frames) : frames;
}

static int32_t on_process(const clap_plugin *plugin, const clap_process *process) {
  instrument *me = self(plugin);
  if (!me->instance || !process->output_count || !process->outputs[0].data32) return CLAP_ERROR;
  clap_audio_buffer *port = &process->outputs[0];
  block part = {process, port->data32[0], port->channel_count > 1 ? port->data32[1] : NULL};
  const clap_input_events *events = process->in_events;
  uint32_t count = events ? events->size(events) : 0, next = 0, start = 0;
  send_pending(me);
  while (start < process->frames) {
    uint32_t frames = process->frames - start, end = next;
    if (frames > LUTHIER_MAX_FRAMES) frames = LUTHIER_MAX_FRAMES;
    while (inner_frames(me, frames) > LUTHIER_MAX_FRAMES) frames = (frames + 1) / 2;
    uint32_t inner = inner_frames(me, frames);
    for (; end < count; end++) {
      const clap_event *event = events->get(events, end);
      if (event->time >= start + frames) break;
      uint64_t since = event->time > start ? event->time - start : 0;
      uint64_t frame = me->resamples ? since * inner / frames : since;
      if (inner && frame >= inner) frame = inner - 1;
      if (!take_event(me, event, (int64_t)frame)) {
        if (since) {
          frames = (uint32_t)since;
          inner = inner_frames(me, frames);
        } else {
          frames = 1;
          inner = inner_frames(me, 1);
        }
        break;
      }
    }
    next = end;
    render_part(me, &part, start, frames, inner);
    start += frames;
  }
  port->constant_mask = 0;
  for (uint32_t c = 2; c < port->channel_count; c++) memset(port->data32[c], 0, sizeof(float) * process->frames);
  tell_host(me, process->out_events, process->frames ? process->frames - 1 : 0);
  return CLAP_CONTINUE;
}

/* Ports. */

static uint32_t audio_port_count(const clap_plugin *plugin, bool is_input) {
  return !is_input || self(plugin)->image.listens;
}

static bool audio_port(const clap_plugin *plugin, uint32_t index, bool is_input, clap_audio_port_info *info) {
  if (index >= audio_port_count(plugin, is_input)) return false;
  memset(info, 0, sizeof *info);
  info->id = is_input ? 1 : 0;
  strcpy(info->name, is_input ? "Voice" : "Output");
  info->flags = !is_input;
  info->channel_count = 2;
  info->port_type = "stereo";
  info->in_place_pair = UINT32_MAX;
  return true;
}

static uint32_t note_port_count(const clap_plugin *plugin, bool is_input) {
  (void)plugin;
  return is_input;
}

static bool note_port(const clap_plugin *plugin, uint32_t index, bool is_input, clap_note_port_info *info) {
  (void)plugin;
  if (index || !is_input) return false;
  memset(info, 0, sizeof *info);
  info->supported_dialects = 1 | 2;
  info->preferred_dialect = 2;
  strcpy(info->name, "Keys");
  return true;
}

static const clap_audio_ports AUDIO_PORTS = {audio_port_count, audio_port};
static const clap_note_ports NOTE_PORTS = {note_port_count, note_port};

/* Parameters. */

static uint32_t params_count(const clap_plugin *plugin) { return param_count(self(plugin)); }

static bool params_info(const clap_plugin *plugin, uint32_t index, clap_param_info *info) {
  instrument *me = self(plugin);
  if (index >= param_count(me)) return false;
  luthier_param param = luthier_param_at(&me->image, index);
  memset(info, 0, sizeof *info);
  info->id = param.id;
  info->flags = CLAP_PARAM_AUTOMATABLE | (param.flags & LUTHIER_STEPPED ? CLAP_PARAM_STEPPED : 0);
  snprintf(info->name, sizeof info->name, "%s", param.name);
  snprintf(info->module, sizeof info->module, "%s", param.module);
  info->low = param.low;
  info->high = param.high;
  info->initial = param.initial;
  return true;
}

static bool params_value(const clap_plugin *plugin, uint32_t id, double *value) {
  int i = find_param(self(plugin), id);
  if (i < 0) return false;
  *value = value_of(self(plugin), (uint32_t)i);
  return true;
}

/* Where the words of a parameter begin in the text of the file, {"NUMBER": ["first", "second"], ...}; NULL: it has none. */
static const char *find_words(uint32_t number, const char **end) {
  char key[24];
  size_t length = (size_t)snprintf(key, sizeof key, "\"%u\": [", number);
  const char *text = (const char *)library.file.data + library.file.text_place;
  *end = text + library.file.text_size;
  for (; (size_t)(*end - text) > length; text++)
    if (!memcmp(text, key, length)) return text + length;
  return NULL;
}

/* The next word, and its length; NULL: that was the last one. */
static const char *next_word(const char **place, const char *end, size_t *length) {
  while (*place < end && **place != '"' && **place != ']') ++*place;
  if (*place >= end || **place == ']') return NULL;
  const char *word = ++*place;
  while (*place < end && **place != '"') ++*place;
  *length = (size_t)(*place - word);
  *place += *place < end;
  return word;
}

/* The word of a value; false: it has none. */
static bool write_word(const luthier_param *param, uint32_t number, double value, char *text, uint32_t size) {
  const char *end, *place = find_words(number, &end), *word = NULL;
  size_t length = 0;
  if (!place || !(value >= param->low && value <= param->high)) return false;
  for (double step = floor(value - param->low + 0.5); step >= 0; step--)
    if (!(word = next_word(&place, end, &length))) return false;
  snprintf(text, size, "%.*s", (int)length, word);
  return true;
}

/* The value that a word stands for; false: none does. */
static bool read_word(const luthier_param *param, uint32_t number, const char *text, double *value) {
  const char *end, *place = find_words(number, &end), *word;
  size_t length;
  for (double step = param->low; place && (word = next_word(&place, end, &length)); step++)
    if (strlen(text) == length && !memcmp(text, word, length)) {
      *value = step;
      return true;
    }
  return false;
}

/* As gui/number_format.py writes values, in ASCII. */
static bool params_text(const clap_plugin *plugin, uint32_t id, double value, char *text, uint32_t size) {
  instrument *me = self(plugin);
  int i = find_param(me, id);
  if (i < 0) return false;
  luthier_param param = luthier_param_at(&me->image, (uint32_t)i);
  double amount = fabs(value);
  if (write_word(&param, (uint32_t)i, value, text, size)) return true;
  if (param.flags & LUTHIER_SWITCH) snprintf(text, size, "%s", value > 0.5 ? "on" : "off");
  else if (!strcmp(param.unit, "Hz") && amount >= 1000) snprintf(text, size, "%.3g kHz", value / 1000);
  else if (!strcmp(param.unit, "s") && amount < 1) snprintf(text, size, "%.3g ms", 1000 * value);
  else if (!strcmp(param.unit, "semitones")) snprintf(text, size, "%+.1f st", value);
  else if (!*param.unit && value == floor(value)) snprintf(text, size, "%.0f", value);
  else {
    int digits = amount >= 100 ? 0 : amount >= 10 || !strncmp(param.unit, "dB", 2) ? 1 : 2;
    snprintf(text, size, *param.unit ? "%.*f %s" : "%.*f", digits, value, param.unit);
  }
  return true;
}

static bool params_parse(const clap_plugin *plugin, uint32_t id, const char *text, double *value) {
  instrument *me = self(plugin);
  int i = find_param(me, id);
  if (i < 0) return false;
  luthier_param param = luthier_param_at(&me->image, (uint32_t)i);
  if (param.flags & LUTHIER_SWITCH && (!strcmp(text, "on") || !strcmp(text, "off"))) {
    *value = text[1] == 'n';
    return true;
  }
  if (read_word(&param, (uint32_t)i, text, value)) return true;
  char *end;
  double number = strtod(text, &end);
  if (end == text || !(number == number)) return false;
  while (*end == ' ') end++;
  if (*end == 'k') number *= 1000;
  if (!strcmp(param.unit, "s") && !strncmp(end, "ms", 2)) number /= 1000;
  *value = bounded(&param, number);
  return true;
}

static void set_and_mark(instrument *me, uint32_t id, double value) {
  int i = find_param(me, id);
  if (i < 0) return;
  luthier_param param = luthier_param_at(&me->image, (uint32_t)i);
  set_value(me, (uint32_t)i, bounded(&param, value));
  atomic_store(&me->pending[i], true);
}

static void params_flush(const clap_plugin *plugin, const clap_input_events *in, const clap_output_events *out) {
  (void)out;
  for (uint32_t i = 0; in && i < in->size(in); i++) {
    const clap_event *event = in->get(in, i);
    if (event->space == CLAP_CORE_SPACE && event->type == CLAP_PARAM_VALUE)
      set_and_mark(self(plugin), ((const clap_param_event *)event)->param, ((const clap_param_event *)event)->value);
  }
}

static const clap_params PARAMS = {params_count, params_info, params_value, params_text, params_parse, params_flush};

/* State: magic, then an identifier and a value for each parameter. What another version has more of is passed over. */

static bool write_all(const clap_output_stream *stream, const void *data, uint64_t size) {
  for (uint64_t done = 0; done < size;) {
    int64_t written = stream->write(stream, (const uint8_t *)data + done, size - done);
    if (written <= 0) return false;
    done += (uint64_t)written;
  }
  return true;
}

/* Bytes that could be read, up to `size`; -1 after an error. */
static int64_t read_all(const clap_input_stream *stream, void *data, uint64_t size) {
  uint64_t done = 0;
  while (done < size) {
    int64_t got = stream->read(stream, (uint8_t *)data + done, size - done);
    if (got < 0) return -1;
    if (got == 0) break;
    done += (uint64_t)got;
  }
  return (int64_t)done;
}

static bool state_save(const clap_plugin *plugin, const clap_output_stream *stream) {
  instrument *me = self(plugin);
  if (!write_all(stream, STATE_MAGIC, sizeof STATE_MAGIC)) return false;
  for (uint32_t i = 0; i < param_count(me); i++) {
    uint8_t entry[STATE_ENTRY_BYTES] = {0};
    uint32_t id = luthier_param_at(&me->image, i).id;
    double value = value_of(me, i);
    memcpy(entry, &id, 4);
    memcpy(entry + 8, &value, 8);
    if (!write_all(stream, entry, sizeof entry)) return false;
  }
  return true;
}

static bool state_load(const clap_plugin *plugin, const clap_input_stream *stream) {
  instrument *me = self(plugin);
  char magic[sizeof STATE_MAGIC];
  uint32_t ids[MAX_PARAMS];
  double values[MAX_PARAMS];
  uint32_t count = 0;
  if (read_all(stream, magic, sizeof magic) != sizeof magic || memcmp(magic, STATE_MAGIC, sizeof magic)) return false;
  for (;;) {
    uint8_t entry[STATE_ENTRY_BYTES];
    int64_t got = read_all(stream, entry, sizeof entry);
    if (got == 0) break;
    if (got != sizeof entry) return false;
    if (count < MAX_PARAMS) {
      memcpy(&ids[count], entry, 4);
      memcpy(&values[count], entry + 8, 8);
      if (values[count] == values[count]) count++;
    }
  }
  for (uint32_t i = 0; i < count; i++) set_and_mark(me, ids[i], values[i]);
  const clap_host_params *host = me->host ? me->host->get_extension(me->host, "clap.params") : NULL;
  if (host && host->rescan) host->rescan(me->host, 1);
  return true;
}

static const clap_state STATE = {state_save, state_load};

static uint32_t latency(const clap_plugin *plugin) {
  return self(plugin)->resamples ? luthier_resampler_delay(&self(plugin)->output) : 0;
}

static uint32_t tail(const clap_plugin *plugin) { return TAIL_SECONDS * self(plugin)->host_rate; }

static const clap_latency LATENCY = {latency};
static const clap_tail TAIL = {tail};

static const void *get_extension(const clap_plugin *plugin, const char *id) {
  (void)plugin;
  if (!strcmp(id, "clap.audio-ports")) return &AUDIO_PORTS;
  if (!strcmp(id, "clap.note-ports")) return &NOTE_PORTS;
  if (!strcmp(id, "clap.params")) return &PARAMS;
  if (!strcmp(id, "clap.state")) return &STATE;
  if (!strcmp(id, "clap.latency")) return &LATENCY;
  if (!strcmp(id, "clap.tail")) return &TAIL;
  return NULL;
}

/* The factory. */

static uint32_t factory_count(const clap_plugin_factory *factory) {
  (void)factory;
  return library.mapping != NULL;
}

static const clap_descriptor *factory_get(const clap_plugin_factory *factory, uint32_t index) {
  return index < factory_count(factory) ? &library.descriptor : NULL;
}

static const clap_plugin *factory_create(const clap_plugin_factory *factory, const clap_host *host, const char *id) {
  if (!factory_count(factory) || strcmp(id, library.descriptor.id)) return NULL;
  instrument *me = calloc(1, sizeof *me);
  if (!me) return NULL;
  enum luthier_result result = luthier_find(&library.file, 48000, &me->image);
  if (result != LUTHIER_OK) {
    fprintf(stderr, "%s: %s\n", library.labels.name, luthier_message(result));
    free(me);
    return NULL;
  }
  me->host = host;
  me->host_rate = 48000;
  me->sound_slot = me->image.listens ? 2 : 1;
  for (uint32_t i = 0; i < param_count(me); i++) set_value(me, i, luthier_param_at(&me->image, i).initial);
  clap_plugin made = {&library.descriptor, me, on_init, on_destroy, on_activate, on_deactivate, on_start, on_stop,
                      on_reset, on_process, get_extension, on_main_thread};
  me->plugin = made;
  return &me->plugin;
}

static const clap_plugin_factory FACTORY = {factory_count, factory_get, factory_create};

/* The library: this file, with the images at its end. */

static void unmap(void) {
  if (library.mapping) munmap(library.mapping, library.size);
  library.mapping = NULL;
}

static bool open_images(const char *path) {
  struct stat status;
  uint64_t place, size;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  if (fstat(file, &status) || status.st_size < TRAILER_BYTES) {
    close(file);
    return false;
  }
  library.size = (size_t)status.st_size;
  void *mapping = mmap(NULL, library.size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (mapping == MAP_FAILED) return false;
  library.mapping = mapping;
  const uint8_t *end = (const uint8_t *)mapping + library.size - TRAILER_BYTES;
  memcpy(&place, end + 8, 8);
  memcpy(&size, end + 16, 8);
  enum luthier_result result = LUTHIER_NO_IMAGE;
  if (!memcmp(end, TRAILER, sizeof TRAILER)) {
    result = LUTHIER_CUT;
    if (place % 64 == 0 && place <= library.size && size <= library.size - place)
      result = luthier_open(&library.file, (const uint8_t *)mapping + place, size);
  }
  if (result != LUTHIER_OK) {
    fprintf(stderr, "%s: %s\n", path, luthier_message(result));
    unmap();
  }
  return result == LUTHIER_OK;
}

static bool entry_init(const char *path) {
  static const char *const FEATURES[] = {"instrument", "synthesizer", "stereo", NULL};
  if (library.count++) return true;
  if (open_images(path)) {
    library.labels = luthier_labels_of(&library.file);
    clap_descriptor descriptor = {VERSION, library.labels.id, library.labels.name, "Luthier", "", "", "",
                                  library.labels.version, library.labels.description, FEATURES};
    library.descriptor = descriptor;
    return true;
  }
  library.count--;
  return false;
}

static void entry_deinit(void) {
  if (library.count && --library.count == 0) unmap();
}

static const void *entry_factory(const char *id) { return strcmp(id, "clap.plugin-factory") ? NULL : &FACTORY; }

__attribute__((visibility("default"))) const clap_plugin_entry clap_entry = {VERSION, entry_init, entry_deinit,
                                                                             entry_factory};
