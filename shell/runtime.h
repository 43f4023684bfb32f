/* Plays a chain from its image: without Python, without a compiler. engine/image/image_file.py writes the images.

   Of one instance: create, restore and destroy on one thread while nothing plays; send and render on the audio thread.
*/
#ifndef LUTHIER_RUNTIME_H
#define LUTHIER_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

enum {
  LUTHIER_BURST = 1024,       /* events of a block, with those that plugins emit */
  LUTHIER_MAX_EVENTS = 256,   /* sent to a block; a denser one is to be cut */
  LUTHIER_MAX_FRAMES = 4096,  /* of a block */
  LUTHIER_MAX_SLOTS = 40,      /* a chain, and what stands around it */
  LUTHIER_MAX_PARAMS = 448
};

/* engine/events.py */
enum {
  LUTHIER_CHOKE = 2, LUTHIER_BEND = 3, LUTHIER_PRESSURE = 4, LUTHIER_TIMBRE = 5, LUTHIER_CONTROL = 10,
  LUTHIER_DEFORM = 11, LUTHIER_PARAM = 14, LUTHIER_MIDI = 15, LUTHIER_REFRESH = 17
};
enum { LUTHIER_ALL = -1 };

enum { LUTHIER_STEPPED = 1, LUTHIER_SWITCH = 2 }; /* flags of a parameter */

enum luthier_result {
  LUTHIER_OK, LUTHIER_NO_IMAGE, LUTHIER_OTHER_VERSION, LUTHIER_CUT, LUTHIER_DAMAGED, LUTHIER_OTHER_RECORDS,
  LUTHIER_NO_CODE, LUTHIER_NO_RATE, LUTHIER_NO_MEMORY
};

typedef struct {
  int64_t frame; /* within the block */
  uint64_t target; /* address of the record that it is for; 0: all */
  int32_t kind, channel, note, key;
  float value;
  int32_t unused;
} luthier_event;

typedef int64_t (*luthier_process)(void *record, float *audio, int64_t frames, void *events, int64_t count);

/* The compiled functions for one width of registers, in the order of engine/image/function_table.py. */
typedef struct {
  uint32_t lanes; /* float32 in a register */
  uint32_t count;
  const void *const *functions;
  int (*is_supported)(void); /* by this processor */
} luthier_code;

extern const luthier_code luthier_codes[]; /* the best first; the last has count 0 */
extern const uint64_t luthier_digest;      /* of the records that these functions work on */
extern const uint64_t luthier_voice;       /* number of the function that tracks a voice at the input */

/* What a host shows of an instrument. */
typedef struct {
  char name[64], id[96], version[32], description[512];
} luthier_labels;

typedef struct {
  const uint8_t *data;
  uint64_t size, tables_place, tables_size, text_place, text_size;
  uint32_t count;
} luthier_file;

typedef struct {
  const luthier_file *file;
  const luthier_code *code;
  uint64_t memory_size, slots_place, relocations_place, chunks_place, params_place, data_place, data_size;
  uint32_t rate, slots, relocations, chunks, params;
  int listens; /* whether the input is heard */
} luthier_image;

typedef struct {
  uint32_t id, slot, index, flags;
  uint64_t live_place;
  double low, high, initial;
  char name[48], unit[16], module[48];
} luthier_param;

typedef struct luthier_instance luthier_instance;

/* Check a whole file of images; `data` must stay, at a multiple of 64 bytes. */
enum luthier_result luthier_open(luthier_file *file, const uint8_t *data, uint64_t size);

/* The image for a rate in Hz, for the best code that this processor has. */
enum luthier_result luthier_find(const luthier_file *file, uint32_t rate, luthier_image *image);

luthier_labels luthier_labels_of(const luthier_file *file);

/* One line about a result. */
const char *luthier_message(enum luthier_result result);

luthier_instance *luthier_create(const luthier_image *image); /* NULL: no memory */
void luthier_restore(luthier_instance *instance);             /* as it was when it was created */
void luthier_destroy(luthier_instance *instance);

/* Send an event to a slot, or to all (slot -1), in the order of frames; 0: the block has no room for it. */
int luthier_send(luthier_instance *instance, int64_t frame, int32_t kind, int32_t channel, int32_t note, int32_t key,
                 float value, int slot);

/* Render 1 … LUTHIER_MAX_FRAMES frames to audio (2, frames). input: (2, frames), or NULL for silence. */
void luthier_render(luthier_instance *instance, const float *input, float *audio, int64_t frames);

luthier_param luthier_param_at(const luthier_image *image, uint32_t number);

/* The value of a parameter as the chain has it now, or `otherwise` where it keeps none. */
float luthier_value(const luthier_instance *instance, uint32_t number, float otherwise);

/* The written memory of an instance; of a slot its record. */
const uint8_t *luthier_memory(const luthier_instance *instance);
const uint8_t *luthier_record(const luthier_instance *instance, uint32_t slot);

#endif
