#include "resampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A Kaiser window of β = 10 has side lobes below −100 dB; 64 taps at equal rates pass 20 of 24 kHz. Between 512 phases
   the taps are interpolated: an error of (π / 512)² / 8, −106 dB. */
enum { TAPS = 64, PHASES = 512, MAX_RATIO = 8, LINE_FRAMES = TAPS * MAX_RATIO + 2 * LUTHIER_MAX_PART };
static const double BETA = 10.0;
static const double PI = 3.14159265358979323846;

static double bessel(double x) { /* I0, by its series */
  double sum = 1, term = 1;
  for (int k = 1; k < 60; k++) {
    term *= x / (2 * k) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

static uint32_t common_factor(uint32_t a, uint32_t b) {
  while (b) {
    uint32_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static void fill_table(luthier_resampler *resampler) {
  double cutoff = resampler->to < resampler->from ? (double)resampler->to / resampler->from : 1.0;
  double half = resampler->taps / 2.0;
  for (uint32_t p = 0; p <= resampler->phases; p++) {
    float *row = resampler->table + (size_t)p * resampler->taps;
    double sum = 0;
    for (uint32_t k = 0; k < resampler->taps; k++) {
      double x = k - (half - 1) - (double)p / resampler->phases, y = x * cutoff, edge = x / half;
      double sinc = y == 0 ? 1 : sin(PI * y) / (PI * y);
      double window = edge * edge < 1 ? bessel(BETA * sqrt(1 - edge * edge)) : 0;
      row[k] = (float)(sinc * window);
      sum += sinc * window;
    }
    for (uint32_t k = 0; k < resampler->taps; k++) row[k] = (float)(row[k] / sum);
  }
}

int luthier_resampler_open(luthier_resampler *resampler, uint32_t from, uint32_t to) {
  uint32_t factor = common_factor(from, to), ratio = (from + to - 1) / to;
  memset(resampler, 0, sizeof *resampler);
  if (!factor || ratio > MAX_RATIO) return 0;
  resampler->from = from / factor;
  resampler->to = to / factor;
  resampler->taps = TAPS * ratio;
  resampler->phases = resampler->to <= PHASES ? resampler->to : PHASES;
  resampler->table = malloc(sizeof(float) * (resampler->phases + 1) * resampler->taps);
  for (int c = 0; c < 2; c++) resampler->line[c] = malloc(sizeof(float) * LINE_FRAMES);
  if (!resampler->table || !resampler->line[0] || !resampler->line[1]) {
    luthier_resampler_close(resampler);
    return 0;
  }
  fill_table(resampler);
  luthier_resampler_reset(resampler);
  return 1;
}

void luthier_resampler_close(luthier_resampler *resampler) {
  free(resampler->table);
  free(resampler->line[0]);
  free(resampler->line[1]);
  memset(resampler, 0, sizeof *resampler);
}

void luthier_resampler_reset(luthier_resampler *resampler) {
  resampler->phase = 0;
  resampler->filled = resampler->taps - 1;
  for (int c = 0; c < 2; c++) memset(resampler->line[c], 0, sizeof(float) * LINE_FRAMES);
}

uint32_t luthier_resampler_delay(const luthier_resampler *resampler) {
  return (uint32_t)((uint64_t)(resampler->taps / 2) * resampler->to / resampler->from);
}

uint32_t luthier_resampler_needed(const luthier_resampler *resampler, uint32_t frames) {
  if (!frames) return 0;
  uint64_t last = (resampler->phase + (uint64_t)(frames - 1) * resampler->from) / resampler->to;
  uint64_t end = last + resampler->taps;
  return end > resampler->filled ? (uint32_t)(end - resampler->filled) : 0;
}

void luthier_resampler_push(luthier_resampler *resampler, const float *input, uint32_t frames, uint32_t stride) {
  if (frames > LINE_FRAMES - resampler->filled) frames = LINE_FRAMES - resampler->filled;
  for (int c = 0; c < 2; c++)
    memcpy(resampler->line[c] + resampler->filled, input + (size_t)c * stride, sizeof(float) * frames);
  resampler->filled += frames;
}

void luthier_resampler_pull(luthier_resampler *resampler, float *left, float *right, uint32_t frames) {
  uint32_t at = 0, taps = resampler->taps;
  for (uint32_t t = 0; t < frames; t++) {
    float sums[2] = {0, 0};
    if (at + taps <= resampler->filled) {
      double place = (double)resampler->phase * resampler->phases / resampler->to;
      uint32_t row = (uint32_t)place;
      float share = (float)(place - row);
      const float *first = resampler->table + (size_t)row * taps, *second = first + taps;
      for (int c = 0; c < 2; c++) {
        const float *line = resampler->line[c] + at;
        float sum = 0;
        if (share == 0) {
          for (uint32_t k = 0; k < taps; k++) sum += first[k] * line[k];
        } else {
          for (uint32_t k = 0; k < taps; k++) sum += (first[k] + share * (second[k] - first[k])) * line[k];
        }
        sums[c] = sum;
      }
    }
    left[t] = sums[0];
    right[t] = sums[1];
    resampler->phase += resampler->from;
    at += resampler->phase / resampler->to;
    resampler->phase %= resampler->to;
  }
  if (at > resampler->filled) at = resampler->filled;
  resampler->filled -= at;
  for (int c = 0; c < 2; c++)
    memmove(resampler->line[c], resampler->line[c] + at, sizeof(float) * resampler->filled);
}
