#include "processor.h"

#include <cpuid.h>
#include <stdint.h>

enum { SSE3 = 1 << 0, SSSE3 = 1 << 9, FMA = 1 << 12, SSE41 = 1 << 19, SSE42 = 1 << 20, MOVBE = 1 << 22, POPCNT = 1 << 23,
       OSXSAVE = 1 << 27, AVX = 1 << 28, F16C = 1 << 29 };     /* leaf 1, ecx */
enum { BMI1 = 1 << 3, AVX2 = 1 << 5, BMI2 = 1 << 8 };          /* leaf 7, ebx */
enum { LZCNT = 1 << 5 };                                       /* leaf 0x80000001, ecx */
enum { SAVED_XMM_YMM = 6 };                                    /* of the state that the system saves */

static int has_all(uint32_t leaf, int take_ebx, uint32_t wanted) {
  uint32_t a, b, c, d;
  if (!__get_cpuid_count(leaf, 0, &a, &b, &c, &d)) return 0;
  return ((take_ebx ? b : c) & wanted) == wanted;
}

static uint32_t saved_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

int luthier_has_v2(void) { return has_all(1, 0, SSE3 | SSSE3 | SSE41 | SSE42 | POPCNT); }

int luthier_has_v3(void) {
  return luthier_has_v2() && has_all(1, 0, FMA | MOVBE | OSXSAVE | AVX | F16C) &&
         (saved_state() & SAVED_XMM_YMM) == SAVED_XMM_YMM && has_all(7, 1, BMI1 | AVX2 | BMI2) &&
         has_all(0x80000001, 0, LZCNT);
}
