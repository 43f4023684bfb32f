/* What kernels call besides the C library. The functions of libjack are found at run time, so that a library loads where
   JACK is not installed; addresses are integers in kernels. */
#include <stdint.h>

#define SHOWN __attribute__((visibility("default")))

SHOWN uintptr_t (*luthier_jack_port_get_buffer)(uintptr_t port, uint32_t frames);
SHOWN uint32_t (*luthier_jack_midi_get_event_count)(uintptr_t buffer);
SHOWN int (*luthier_jack_midi_event_get)(uint64_t *event, uintptr_t buffer, uint32_t index);
SHOWN uint32_t (*luthier_jack_last_frame_time)(uintptr_t client);

uintptr_t jack_port_get_buffer(uintptr_t port, uint32_t frames) { return luthier_jack_port_get_buffer(port, frames); }
uint32_t jack_midi_get_event_count(uintptr_t buffer) { return luthier_jack_midi_get_event_count(buffer); }
int jack_midi_event_get(uint64_t *event, uintptr_t buffer, uint32_t index)
{
    return luthier_jack_midi_event_get(event, buffer, index);
}
uint32_t jack_last_frame_time(uintptr_t client) { return luthier_jack_last_frame_time(client); }

/* Called when the owner of an array goes; the arrays of a library are views, which have no owner. */
void NRT_MemInfo_call_dtor(void *owner) { (void)owner; }
