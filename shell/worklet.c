/* What an audio worklet calls: one instrument in one module. */
#include <stdlib.h>

#include "runtime.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

static luthier_file file;
static luthier_image image;
static luthier_instance *instance;
static float input[2 * LUTHIER_MAX_FRAMES], audio[2 * LUTHIER_MAX_FRAMES];
static luthier_param param;

/* Memory for a file of images. */
void *EXPORT(allocate)(uint32_t bytes) { return aligned_alloc(64, ((size_t)bytes + 63) / 64 * 64); }

/* Open a file of images for a rate in Hz; a result as of runtime.h. */
int EXPORT(open)(const uint8_t *data, uint32_t bytes, uint32_t rate) {
  enum luthier_result result = luthier_open(&file, data, bytes);
  if (result == LUTHIER_OK) result = luthier_find(&file, rate, &image);
  if (result != LUTHIER_OK) return (int)result;
  luthier_destroy(instance);
  instance = luthier_create(&image);
  return instance ? LUTHIER_OK : LUTHIER_NO_MEMORY;
}

/* One line about a result: UTF-8 that ends with 0. */
const char *EXPORT(message)(int result) { return luthier_message((enum luthier_result)result); }

int EXPORT(send)(int frame, int kind, int channel, int note, int key, float value, int slot) {
  return luthier_send(instance, frame, kind, channel, note, key, value, slot);
}

/* The input of the next block, (2, frames), to be filled before `render`. */
float *EXPORT(input_buffer)(void) { return input; }

/* The next block, (2, frames); has_input: with what is in the buffer of the input. */
float *EXPORT(render)(int frames, int has_input) {
  luthier_render(instance, has_input ? input : NULL, audio, frames);
  return audio;
}

int EXPORT(listens)(void) { return image.listens; }

uint32_t EXPORT(param_count)(void) { return image.params; }

/* A parameter as `luthier_param` lays it out. */
const luthier_param *EXPORT(param_at)(uint32_t number) {
  param = luthier_param_at(&image, number);
  return &param;
}

float EXPORT(value)(uint32_t number, float otherwise) { return luthier_value(instance, number, otherwise); }

const uint8_t *EXPORT(record)(uint32_t slot) { return luthier_record(instance, slot); }

void EXPORT(restore)(void) { luthier_restore(instance); }
