/* Conversion between sample rates: a polyphase filter, half-band where the rate doubles. */
#ifndef LUTHIER_RESAMPLER_H
#define LUTHIER_RESAMPLER_H

#include <stdint.h>

enum { LUTHIER_MAX_PART = 4096 }; /* frames that are pushed or pulled at once */

typedef struct {
  uint32_t from, to; /* Hz, without their common factors */
  uint32_t taps, phases;
  float *table;      /* (phases + 1, taps) */
  float *line[2];    /* the last frames of the input, those not yet used at the end */
  uint32_t filled;   /* frames in `line` */
  uint32_t phase;    /* of the next output frame, in 1 / to input frames */
} luthier_resampler;

int luthier_resampler_open(luthier_resampler *resampler, uint32_t from, uint32_t to); /* 0: no memory */
void luthier_resampler_close(luthier_resampler *resampler);
void luthier_resampler_reset(luthier_resampler *resampler);

/* The delay in frames of the output. */
uint32_t luthier_resampler_delay(const luthier_resampler *resampler);

/* How many more input frames `frames` output frames need. */
uint32_t luthier_resampler_needed(const luthier_resampler *resampler, uint32_t frames);

/* Append input: (2, frames), the channels `stride` floats apart. */
void luthier_resampler_push(luthier_resampler *resampler, const float *input, uint32_t frames, uint32_t stride);

/* Take output; what the input does not reach is silence. */
void luthier_resampler_pull(luthier_resampler *resampler, float *left, float *right, uint32_t frames);

#endif
