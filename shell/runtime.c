#include "runtime.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

enum {
  VERSION = 1, HEADER_BYTES = 768, CHECKED_FROM = 64, IMAGE_BYTES = 88, SLOT_BYTES = 24, RELOCATION_BYTES = 24, CHUNK_BYTES = 16,
  PARAM_BYTES = 160, ALIGNMENT = 64
};
enum { IN_MEMORY, IN_TABLES, FUNCTION }; /* what a relocation leads to */
static const uint8_t MAGIC[8] = {'L', 'U', 'T', 'H', 'I', 'E', 'R', 1};
static const uint64_t MAX_MEMORY_BYTES = (uint64_t)1 << 28;

struct luthier_instance {
  const luthier_image *image;
  uint8_t *memory;
  void *block; /* of the allocation that holds `memory` */
  luthier_process process[LUTHIER_MAX_SLOTS];
  uint8_t *record[LUTHIER_MAX_SLOTS];
  luthier_event events[LUTHIER_BURST];
  int64_t count;
  int64_t begun; /* of them, those that `begin` has put before all others */
  int is_fresh; /* nothing was rendered yet: the interpreter is to tell the chain its state */
};

static uint64_t u8_at(const uint8_t *place) { uint64_t x; memcpy(&x, place, 8); return x; }
static uint32_t u4_at(const uint8_t *place) { uint32_t x; memcpy(&x, place, 4); return x; }
static double f8_at(const uint8_t *place) { double x; memcpy(&x, place, 8); return x; }

/* Whether `count` items of `size` bytes at a place lie within `whole` bytes. */
static int is_within(uint64_t place, uint64_t count, uint64_t size, uint64_t whole) {
  return place <= whole && count <= (whole - place) / size;
}

/* engine/image/image_file.py: checksum */
static uint64_t checksum(const uint8_t *data, uint64_t size) {
  uint64_t sum = 0, factor = 0;
  for (uint64_t i = 0; i + 8 <= size; i += 8) {
    factor += 0x9E3779B97F4A7C15u;
    sum += u8_at(data + i) * (factor | 1);
  }
  return sum;
}

static void read_image(const luthier_file *file, uint32_t number, luthier_image *image) {
  const uint8_t *entry = file->data + HEADER_BYTES + (uint64_t)number * IMAGE_BYTES;
  image->file = file;
  image->rate = u4_at(entry + 12);
  image->memory_size = u8_at(entry + 16);
  image->slots_place = u8_at(entry + 24);
  image->relocations_place = u8_at(entry + 32);
  image->chunks_place = u8_at(entry + 40);
  image->params_place = u8_at(entry + 48);
  image->data_place = u8_at(entry + 56);
  image->data_size = u8_at(entry + 64);
  image->slots = u4_at(entry + 72);
  image->relocations = u4_at(entry + 76);
  image->chunks = u4_at(entry + 80);
  image->params = u4_at(entry + 84);
  image->listens = 0;
}

/* Whether every place that an image names lies where it should. */
static int is_sound(const luthier_image *image) {
  const luthier_file *file = image->file;
  const uint8_t *data = file->data;
  uint64_t size = file->size, filled = 0;
  if (image->params > LUTHIER_MAX_PARAMS) return 0;
  if (image->memory_size > MAX_MEMORY_BYTES || image->slots == 0 || image->slots > LUTHIER_MAX_SLOTS) return 0;
  if (!is_within(image->slots_place, image->slots, SLOT_BYTES, size) ||
      !is_within(image->relocations_place, image->relocations, RELOCATION_BYTES, size) ||
      !is_within(image->chunks_place, image->chunks, CHUNK_BYTES, size) ||
      !is_within(image->params_place, image->params, PARAM_BYTES, size) ||
      !is_within(image->data_place, image->data_size, 1, size))
    return 0;
  for (uint32_t i = 0; i < image->slots; i++) {
    const uint8_t *slot = data + image->slots_place + (uint64_t)i * SLOT_BYTES;
    uint64_t place = u8_at(slot + 8);
    if (u8_at(slot) >= luthier_codes[0].count || place % 8 || !is_within(place, u8_at(slot + 16), 1, image->memory_size))
      return 0;
  }
  for (uint32_t i = 0; i < image->chunks; i++) {
    const uint8_t *chunk = data + image->chunks_place + (uint64_t)i * CHUNK_BYTES;
    uint64_t bytes = u8_at(chunk + 8);
    if (!is_within(u8_at(chunk), bytes, 1, image->memory_size) || bytes > image->data_size - filled) return 0;
    filled += bytes;
  }
  for (uint32_t i = 0; i < image->relocations; i++) {
    const uint8_t *relocation = data + image->relocations_place + (uint64_t)i * RELOCATION_BYTES;
    uint64_t target = u8_at(relocation + 8), kind = u8_at(relocation + 16);
    if (!is_within(u8_at(relocation), 1, 8, image->memory_size)) return 0;
    if (kind == IN_MEMORY ? target > image->memory_size
        : kind == IN_TABLES ? target > file->tables_size
                            : kind != FUNCTION || target >= luthier_codes[0].count)
      return 0;
  }
  for (uint32_t i = 0; i < image->params; i++) {
    luthier_param param = luthier_param_at(image, i);
    if (param.slot >= image->slots || !(param.low <= param.high)) return 0;
    if (param.live_place != UINT64_MAX && !is_within(param.live_place, 1, 4, image->memory_size)) return 0;
  }
  return 1;
}

enum luthier_result luthier_open(luthier_file *file, const uint8_t *data, uint64_t size) {
  if (size < HEADER_BYTES || memcmp(data, MAGIC, sizeof MAGIC)) return LUTHIER_NO_IMAGE;
  if (u4_at(data + 8) != VERSION) return LUTHIER_OTHER_VERSION;
  if (u8_at(data + 16) > size) return LUTHIER_CUT;
  file->data = data;
  file->count = u4_at(data + 12);
  file->size = u8_at(data + 16);
  file->tables_place = u8_at(data + 24);
  file->tables_size = u8_at(data + 32);
  file->text_place = u8_at(data + 40);
  file->text_size = u8_at(data + 48);
  if (file->size < HEADER_BYTES || !is_within(HEADER_BYTES, file->count, IMAGE_BYTES, file->size) ||
      !is_within(file->tables_place, file->tables_size, 1, file->size) || file->tables_place % ALIGNMENT ||
      !is_within(file->text_place, file->text_size, 1, file->size) || file->count == 0 ||
      checksum(data + CHECKED_FROM, file->size - CHECKED_FROM) != u8_at(data + 56))
    return LUTHIER_DAMAGED;
  for (uint32_t i = 0; i < file->count; i++) {
    luthier_image image;
    if (u8_at(data + HEADER_BYTES + (uint64_t)i * IMAGE_BYTES) != luthier_digest) return LUTHIER_OTHER_RECORDS;
    read_image(file, i, &image);
    if (!is_sound(&image)) return LUTHIER_DAMAGED;
  }
  return LUTHIER_OK;
}

enum luthier_result luthier_find(const luthier_file *file, uint32_t rate, luthier_image *image) {
  enum luthier_result result = LUTHIER_NO_CODE;
  for (const luthier_code *code = luthier_codes; code->count; code++)
    for (uint32_t i = 0; i < file->count && code->is_supported(); i++) {
      if (u4_at(file->data + HEADER_BYTES + (uint64_t)i * IMAGE_BYTES + 8) != code->lanes) continue;
      read_image(file, i, image);
      image->code = code;
      for (uint32_t k = 0; k < image->slots; k++)
        image->listens |= u8_at(file->data + image->slots_place + (uint64_t)k * SLOT_BYTES) == luthier_voice;
      if (image->rate == rate) return LUTHIER_OK;
      result = LUTHIER_NO_RATE;
    }
  return result;
}

luthier_labels luthier_labels_of(const luthier_file *file) {
  luthier_labels labels;
  memcpy(&labels, file->data + CHECKED_FROM, sizeof labels);
  labels.name[sizeof labels.name - 1] = labels.id[sizeof labels.id - 1] = 0;
  labels.version[sizeof labels.version - 1] = labels.description[sizeof labels.description - 1] = 0;
  return labels;
}

const char *luthier_message(enum luthier_result result) {
  static const char *const MESSAGES[] = {
      "", "there is no instrument in this file", "the instrument was exported by another version of Luthier",
      "the file is cut off", "the file is damaged", "the instrument was exported for another version of this player",
      "the instrument was exported for other processors", "the instrument was not exported for this rate",
      "there is not enough memory"};
  return (size_t)result < sizeof MESSAGES / sizeof *MESSAGES ? MESSAGES[result] : "";
}

void luthier_restore(luthier_instance *instance) {
  const luthier_image *image = instance->image;
  const uint8_t *data = image->file->data, *from = data + image->data_place;
  memset(instance->memory, 0, image->memory_size);
  for (uint32_t i = 0; i < image->chunks; i++) {
    const uint8_t *chunk = data + image->chunks_place + (uint64_t)i * CHUNK_BYTES;
    memcpy(instance->memory + u8_at(chunk), from, u8_at(chunk + 8));
    from += u8_at(chunk + 8);
  }
  for (uint32_t i = 0; i < image->relocations; i++) {
    const uint8_t *relocation = data + image->relocations_place + (uint64_t)i * RELOCATION_BYTES;
    uint64_t target = u8_at(relocation + 8), kind = u8_at(relocation + 16), address;
    if (kind == IN_MEMORY) address = (uint64_t)(uintptr_t)(instance->memory + target);
    else if (kind == IN_TABLES) address = (uint64_t)(uintptr_t)(data + image->file->tables_place + target);
    else address = (uint64_t)(uintptr_t)image->code->functions[target];
    memcpy(instance->memory + u8_at(relocation), &address, 8);
  }
  instance->count = instance->begun = 0;
  instance->is_fresh = 1;
}

luthier_instance *luthier_create(const luthier_image *image) {
  luthier_instance *instance = calloc(1, sizeof *instance);
  if (!instance) return NULL;
  instance->block = malloc(image->memory_size + ALIGNMENT);
  if (!instance->block) {
    free(instance);
    return NULL;
  }
  uintptr_t start = (uintptr_t)instance->block;
  instance->memory = (uint8_t *)((start + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
  instance->image = image;
  for (uint32_t i = 0; i < image->slots; i++) {
    const uint8_t *slot = image->file->data + image->slots_place + (uint64_t)i * SLOT_BYTES;
    instance->process[i] = (luthier_process)(uintptr_t)image->code->functions[u8_at(slot)];
    instance->record[i] = instance->memory + u8_at(slot + 8);
  }
  luthier_restore(instance);
  return instance;
}

void luthier_destroy(luthier_instance *instance) {
  if (!instance) return;
  free(instance->block);
  free(instance);
}

static void append(luthier_instance *instance, luthier_event event) { instance->events[instance->count++] = event; }

/* The events before all others: the interpreter tells the chain its state, and the parameters take their values. */
static void begin(luthier_instance *instance) {
  const luthier_image *image = instance->image;
  luthier_event refresh = {0, 0, LUTHIER_REFRESH, 0, LUTHIER_ALL, 0, 0, 0};
  append(instance, refresh);
  for (uint32_t i = 0; i < image->params; i++) {
    luthier_param param = luthier_param_at(image, i);
    float value = (float)param.initial, now = luthier_value(instance, i, value);
    luthier_event event = {0, (uint64_t)(uintptr_t)instance->record[param.slot], LUTHIER_PARAM, 0, LUTHIER_ALL,
                           (int32_t)param.index, value, 0};
    if (now != value) append(instance, event);
  }
  instance->begun = instance->count;
  instance->is_fresh = 0;
}

int luthier_send(luthier_instance *instance, int64_t frame, int32_t kind, int32_t channel, int32_t note, int32_t key,
                 float value, int slot) {
  uint64_t target = slot < 0 ? 0 : (uint64_t)(uintptr_t)instance->record[slot];
  if (instance->is_fresh) begin(instance);
  if (instance->count - instance->begun >= LUTHIER_MAX_EVENTS) return 0;
  luthier_event event = {frame, target, kind, channel, note, key, value, 0};
  append(instance, event);
  return 1;
}

/* Flush denormals to zero on this thread; the mode before. wasm has no such mode. */
static uint64_t flush_denormals(void) {
#if defined(__x86_64__)
  unsigned mode = _mm_getcsr();
  _mm_setcsr(mode | 0x8040);
  return mode;
#elif defined(__aarch64__)
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" ::"r"(mode | (1 << 24)));
  return mode;
#else
  return 0;
#endif
}

static void set_float_mode(uint64_t mode) {
#if defined(__x86_64__)
  _mm_setcsr((unsigned)mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" ::"r"(mode));
#else
  (void)mode;
#endif
}

void luthier_render(luthier_instance *instance, const float *input, float *audio, int64_t frames) {
  uint64_t mode = flush_denormals();
  if (instance->is_fresh) begin(instance);
  if (input) memcpy(audio, input, 2 * sizeof *audio * (size_t)frames);
  else memset(audio, 0, 2 * sizeof *audio * (size_t)frames);
  int64_t count = instance->count;
  for (uint32_t i = 0; i < instance->image->slots; i++) {
    count = instance->process[i](instance->record[i], audio, frames, instance->events, count);
    count = count < 0 ? 0 : count > LUTHIER_BURST ? LUTHIER_BURST : count;
  }
  instance->count = instance->begun = 0;
  set_float_mode(mode);
}

luthier_param luthier_param_at(const luthier_image *image, uint32_t number) {
  const uint8_t *entry = image->file->data + image->params_place + (uint64_t)number * PARAM_BYTES;
  luthier_param param;
  param.id = u4_at(entry);
  param.slot = u4_at(entry + 4);
  param.index = u4_at(entry + 8);
  param.flags = u4_at(entry + 12);
  param.live_place = u8_at(entry + 16);
  param.low = f8_at(entry + 24);
  param.high = f8_at(entry + 32);
  param.initial = f8_at(entry + 40);
  memcpy(param.name, entry + 48, sizeof param.name);
  memcpy(param.unit, entry + 96, sizeof param.unit);
  memcpy(param.module, entry + 112, sizeof param.module);
  param.name[sizeof param.name - 1] = param.unit[sizeof param.unit - 1] = param.module[sizeof param.module - 1] = 0;
  return param;
}

float luthier_value(const luthier_instance *instance, uint32_t number, float otherwise) {
  luthier_param param = luthier_param_at(instance->image, number);
  if (param.live_place != UINT64_MAX) memcpy(&otherwise, instance->memory + param.live_place, 4);
  return otherwise;
}

const uint8_t *luthier_memory(const luthier_instance *instance) { return instance->memory; }

const uint8_t *luthier_record(const luthier_instance *instance, uint32_t slot) { return instance->record[slot]; }
