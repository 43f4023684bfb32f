/* The presets of the probe: two in its file, for the effects, and those in the folder PROBE_PRESETS of the environment.

   A preset of a file is a text, its gain. The fault "discovery" ends the process where presets are listed. */
#include "probe_clap_presets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_core.h"

typedef struct { const char *abi, *id; } universal_id;
typedef struct receiver {
  void *data;
  void (*on_error)(const struct receiver *receiver, int32_t os_error, const char *message);
  bool (*begin_preset)(const struct receiver *receiver, const char *name, const char *load_key);
  void (*add_plugin_id)(const struct receiver *receiver, const universal_id *id);
  void (*set_soundpack_id)(const struct receiver *receiver, const char *id);
  void (*set_flags)(const struct receiver *receiver, uint32_t flags);
  void (*add_creator)(const struct receiver *receiver, const char *creator);
  void (*set_description)(const struct receiver *receiver, const char *description);
  void (*set_timestamps)(const struct receiver *receiver, uint64_t created, uint64_t modified);
  void (*add_feature)(const struct receiver *receiver, const char *feature);
  void (*add_extra_info)(const struct receiver *receiver, const char *key, const char *value);
} receiver;
typedef struct { const char *name, *description, *suffix; } filetype;
typedef struct { uint32_t flags; const char *name; uint32_t kind; const char *location; } location;
typedef struct indexer {
  clap_version version;
  const char *name, *vendor, *url, *release;
  void *data;
  bool (*declare_filetype)(const struct indexer *indexer, const filetype *declared);
  bool (*declare_location)(const struct indexer *indexer, const location *declared);
  bool (*declare_soundpack)(const struct indexer *indexer, const void *declared);
  const void *(*get_extension)(const struct indexer *indexer, const char *id);
} indexer;
typedef struct { clap_version version; const char *id, *name, *vendor; } provider_descriptor;
typedef struct provider {
  const provider_descriptor *descriptor;
  const indexer *indexer;
  bool (*init)(const struct provider *provider);
  void (*destroy)(const struct provider *provider);
  bool (*get_metadata)(const struct provider *provider, uint32_t kind, const char *place, const receiver *receiver);
  const void *(*get_extension)(const struct provider *provider, const char *id);
} provider;
typedef struct factory {
  uint32_t (*count)(const struct factory *factory);
  const provider_descriptor *(*descriptor)(const struct factory *factory, uint32_t index);
  const provider *(*create)(const struct factory *factory, const indexer *indexer, const char *id);
} factory;

enum { IN_FILE, IN_PLUGIN, PRESETS = 2 };
static const struct { const char *name, *key; double gain; } PRESET_TABLE[PRESETS] = {
    {"Loud", "loud", 1.5}, {"Soft", "soft", 0.5}};
static const char *const PLUGIN_IDS[] = {"probe.effect", "probe.mono"};

static bool on_init(const provider *me) {
  const filetype type = {"Preset of the probe", "", "probe"};
  const location own = {1, "Its own", IN_PLUGIN, NULL}, folder = {2, "Of the user", IN_FILE, getenv("PROBE_PRESETS")};
  if (probe_has_fault("discovery")) abort();
  if (!me->indexer->declare_location(me->indexer, &own)) return false;
  return !folder.location || (me->indexer->declare_filetype(me->indexer, &type) &&
                              me->indexer->declare_location(me->indexer, &folder));
}
static void on_destroy(const provider *me) { free((void *)me); }
static bool get_metadata(const provider *me, uint32_t kind, const char *place, const receiver *into) {
  (void)me;
  if (kind == IN_FILE) {
    into->set_flags(into, 2);
    return place && into->begin_preset(into, NULL, NULL);
  }
  for (int i = 0; i < PRESETS && into->begin_preset(into, PRESET_TABLE[i].name, PRESET_TABLE[i].key); i++) {
    into->add_creator(into, "Luthier");
    into->set_timestamps(into, 0, 0);
    for (int k = 0; k < 2; k++) into->add_plugin_id(into, &(universal_id){"clap", PLUGIN_IDS[k]});
    into->add_plugin_id(into, &(universal_id){"other", "probe.instrument"});
  }
  return true;
}
static const void *get_extension(const provider *me, const char *id) {
  (void)me;
  (void)id;
  return NULL;
}

static const provider_descriptor DESCRIPTOR = {{1, 2, 0}, "probe.presets", "Presets of the probe", "Luthier"};
static uint32_t count(const factory *me) { return me ? 1 : 0; }
static const provider_descriptor *descriptor(const factory *me, uint32_t index) {
  (void)me;
  return index ? NULL : &DESCRIPTOR;
}
static const provider *create(const factory *me, const indexer *with, const char *id) {
  (void)me;
  provider *made = strcmp(id, DESCRIPTOR.id) ? NULL : calloc(1, sizeof *made);
  if (made) *made = (provider){&DESCRIPTOR, with, on_init, on_destroy, get_metadata, get_extension};
  return made;
}
static const factory FACTORY = {count, descriptor, create};

const void *probe_preset_factory(void) { return &FACTORY; }

double probe_preset_gain(uint32_t kind, const char *place, const char *key) {
  double gain = -1;
  FILE *file = kind == IN_FILE && place && !key ? fopen(place, "r") : NULL;
  if (file) {
    if (fscanf(file, "%lf", &gain) != 1) gain = -1;
    fclose(file);
  }
  for (int i = 0; kind == IN_PLUGIN && !place && key && i < PRESETS; i++)
    if (!strcmp(key, PRESET_TABLE[i].key)) gain = PRESET_TABLE[i].gain;
  return gain;
}
