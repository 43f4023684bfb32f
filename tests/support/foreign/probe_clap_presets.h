/* The presets of the probe for CLAP, see probe_clap_presets.c. */
#ifndef LUTHIER_PROBE_CLAP_PRESETS_H
#define LUTHIER_PROBE_CLAP_PRESETS_H

#include "clap_abi.h"

/* The factory "clap.preset-discovery-factory/2". */
const void *probe_preset_factory(void);

/* The gain of a preset; negative: there is none. */
double probe_preset_gain(uint32_t kind, const char *place, const char *key);

#endif
