/* The levels of x86-64 that this processor and its system have, by the instruction cpuid. */
#ifndef LUTHIER_PROCESSOR_H
#define LUTHIER_PROCESSOR_H

int luthier_has_v2(void); /* SSE 4.2 */
int luthier_has_v3(void); /* AVX2, FMA, F16C, BMI */

#endif
