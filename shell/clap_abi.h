/* The binary interface of CLAP 1.2 as far as the shell uses it, written from its published specification. */
#ifndef LUTHIER_CLAP_ABI_H
#define LUTHIER_CLAP_ABI_H

#include <stdbool.h>
#include <stdint.h>

typedef struct { uint32_t major, minor, revision; } clap_version;

typedef struct {
  clap_version version;
  const char *id, *name, *vendor, *url, *manual_url, *support_url, *plugin_version, *description;
  const char *const *features; /* ends with NULL */
} clap_descriptor;

typedef struct clap_host {
  clap_version version;
  void *data;
  const char *name, *vendor, *url, *host_version;
  const void *(*get_extension)(const struct clap_host *host, const char *id);
  void (*request_restart)(const struct clap_host *host);
  void (*request_process)(const struct clap_host *host);
  void (*request_callback)(const struct clap_host *host);
} clap_host;

/* Events. */

enum { CLAP_CORE_SPACE = 0 };
enum {
  CLAP_NOTE_ON = 0, CLAP_NOTE_OFF = 1, CLAP_NOTE_CHOKE = 2, CLAP_NOTE_EXPRESSION = 4, CLAP_PARAM_VALUE = 5,
  CLAP_MIDI = 10
};
enum { CLAP_TUNING = 2, CLAP_BRIGHTNESS = 5, CLAP_PRESSURE = 6 }; /* note expressions */

typedef struct {
  uint32_t size, time; /* bytes with this header; frames from the start of the block */
  uint16_t space, type;
  uint32_t flags;
} clap_event;

typedef struct {
  clap_event header;
  int32_t note_id; /* -1: any, as for the next three */
  int16_t port, channel, key;
  double velocity; /* 0 … 1 */
} clap_note_event;

typedef struct {
  clap_event header;
  int32_t expression, note_id;
  int16_t port, channel, key;
  double value;
} clap_expression_event;

typedef struct {
  clap_event header;
  uint32_t param;
  void *cookie;
  int32_t note_id;
  int16_t port, channel, key;
  double value;
} clap_param_event;

typedef struct {
  clap_event header;
  uint16_t port;
  uint8_t data[3];
} clap_midi_event;

typedef struct clap_input_events {
  void *context;
  uint32_t (*size)(const struct clap_input_events *list);
  const clap_event *(*get)(const struct clap_input_events *list, uint32_t index);
} clap_input_events;

typedef struct clap_output_events {
  void *context;
  bool (*try_push)(const struct clap_output_events *list, const clap_event *event);
} clap_output_events;

/* Processing. */

typedef struct {
  float **data32;
  double **data64;
  uint32_t channel_count, latency;
  uint64_t constant_mask;
} clap_audio_buffer;

typedef struct {
  int64_t steady_time;
  uint32_t frames;
  const void *transport;
  const clap_audio_buffer *inputs;
  clap_audio_buffer *outputs;
  uint32_t input_count, output_count;
  const clap_input_events *in_events;
  const clap_output_events *out_events;
} clap_process;

enum { CLAP_ERROR = 0, CLAP_CONTINUE = 1, CLAP_TAIL = 3 };

typedef struct clap_plugin {
  const clap_descriptor *descriptor;
  void *data;
  bool (*init)(const struct clap_plugin *plugin);
  void (*destroy)(const struct clap_plugin *plugin);
  bool (*activate)(const struct clap_plugin *plugin, double rate, uint32_t min_frames, uint32_t max_frames);
  void (*deactivate)(const struct clap_plugin *plugin);
  bool (*start_processing)(const struct clap_plugin *plugin);
  void (*stop_processing)(const struct clap_plugin *plugin);
  void (*reset)(const struct clap_plugin *plugin);
  int32_t (*process)(const struct clap_plugin *plugin, const clap_process *process);
  const void *(*get_extension)(const struct clap_plugin *plugin, const char *id);
  void (*on_main_thread)(const struct clap_plugin *plugin);
} clap_plugin;

/* Extensions. */

typedef struct {
  uint32_t id;
  char name[256];
  uint32_t flags, channel_count; /* flags: 1 main */
  const char *port_type;         /* "mono", "stereo" */
  uint32_t in_place_pair;        /* UINT32_MAX: none */
} clap_audio_port_info;

typedef struct {
  uint32_t (*count)(const clap_plugin *plugin, bool is_input);
  bool (*get)(const clap_plugin *plugin, uint32_t index, bool is_input, clap_audio_port_info *info);
} clap_audio_ports; /* "clap.audio-ports" */

typedef struct {
  uint32_t id, supported_dialects, preferred_dialect; /* dialects: 1 CLAP, 2 MIDI, 4 MPE, 8 MIDI 2 */
  char name[256];
} clap_note_port_info;

typedef struct {
  uint32_t (*count)(const clap_plugin *plugin, bool is_input);
  bool (*get)(const clap_plugin *plugin, uint32_t index, bool is_input, clap_note_port_info *info);
} clap_note_ports; /* "clap.note-ports" */

enum { CLAP_PARAM_STEPPED = 1 << 0, CLAP_PARAM_AUTOMATABLE = 1 << 5 };

typedef struct {
  uint32_t id, flags;
  void *cookie;
  char name[256], module[1024];
  double low, high, initial;
} clap_param_info;

typedef struct {
  uint32_t (*count)(const clap_plugin *plugin);
  bool (*get_info)(const clap_plugin *plugin, uint32_t index, clap_param_info *info);
  bool (*get_value)(const clap_plugin *plugin, uint32_t id, double *value);
  bool (*value_to_text)(const clap_plugin *plugin, uint32_t id, double value, char *text, uint32_t size);
  bool (*text_to_value)(const clap_plugin *plugin, uint32_t id, const char *text, double *value);
  void (*flush)(const clap_plugin *plugin, const clap_input_events *in, const clap_output_events *out);
} clap_params; /* "clap.params" */

typedef struct clap_input_stream {
  void *context;
  int64_t (*read)(const struct clap_input_stream *stream, void *buffer, uint64_t size);
} clap_input_stream;

typedef struct clap_output_stream {
  void *context;
  int64_t (*write)(const struct clap_output_stream *stream, const void *buffer, uint64_t size);
} clap_output_stream;

typedef struct {
  bool (*save)(const clap_plugin *plugin, const clap_output_stream *stream);
  bool (*load)(const clap_plugin *plugin, const clap_input_stream *stream);
} clap_state; /* "clap.state" */

typedef struct { uint32_t (*get)(const clap_plugin *plugin); } clap_latency; /* "clap.latency", frames */
typedef struct { uint32_t (*get)(const clap_plugin *plugin); } clap_tail;    /* "clap.tail", frames */

typedef struct {
  void (*rescan)(const clap_host *host, uint32_t flags); /* flags: 1 values */
  void (*clear)(const clap_host *host, uint32_t id, uint32_t flags);
  void (*request_flush)(const clap_host *host);
} clap_host_params; /* "clap.params" of the host */

/* The plugin factory and the entry point. */

typedef struct clap_plugin_factory {
  uint32_t (*count)(const struct clap_plugin_factory *factory);
  const clap_descriptor *(*get)(const struct clap_plugin_factory *factory, uint32_t index);
  const clap_plugin *(*create)(const struct clap_plugin_factory *factory, const clap_host *host, const char *id);
} clap_plugin_factory; /* "clap.plugin-factory" */

typedef struct {
  clap_version version;
  bool (*init)(const char *path);
  void (*deinit)(void);
  const void *(*get_factory)(const char *id);
} clap_plugin_entry; /* the symbol clap_entry */

#endif
