/* ALSA's sequencer for a machine whose kernel has none: nobody else is there, nothing arrives, what is sent is dropped.
 *
 * Loaded before libasound (LD_PRELOAD) into hosts of plugins that do not start without a sequencer. The functions and
 * their results are those of ALSA's library; records that only live in memory stay with that library.
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/eventfd.h>

#define DONE(name, ...) int name(void *sequencer, ##__VA_ARGS__) { (void)sequencer; return 0; }
#define NOBODY(name, ...) int name(void *sequencer, ##__VA_ARGS__) { (void)sequencer; return -ENOENT; }

static char sequencer_of_all;
static int port_count, descriptor = -1;

int snd_seq_open(void **sequencer, const char *name, int streams, int mode)
{
    (void)name, (void)streams, (void)mode;
    *sequencer = &sequencer_of_all;
    return 0;
}

int snd_seq_client_id(void *sequencer)
{
    (void)sequencer;
    return 128;
}

int snd_seq_create_simple_port(void *sequencer, const char *name, unsigned capabilities, unsigned type)
{
    (void)sequencer, (void)name, (void)capabilities, (void)type;
    return port_count++;
}

int snd_seq_event_input(void *sequencer, void **event)
{
    (void)sequencer;
    *event = NULL;
    return -EAGAIN;
}

int snd_seq_poll_descriptors_count(void *sequencer, short events)
{
    (void)sequencer, (void)events;
    return 1;
}

int snd_seq_poll_descriptors(void *sequencer, struct pollfd *found, unsigned space, short events)
{
    (void)sequencer, (void)events;
    if (descriptor < 0)
        descriptor = eventfd(0, 0);
    if (space > 0)
        found[0] = (struct pollfd){.fd = descriptor, .events = POLLIN};
    return 1;
}

int snd_timer_query_open(void **query, const char *name, int mode)
{
    (void)query, (void)name, (void)mode;
    return -ENOENT;
}

DONE(snd_seq_close)
DONE(snd_seq_set_client_name, const char *name)
DONE(snd_seq_alloc_queue)
DONE(snd_seq_free_queue, int queue)
DONE(snd_seq_delete_simple_port, int port)
DONE(snd_seq_control_queue, int queue, int type, int value, void *event)
DONE(snd_seq_drain_output)
DONE(snd_seq_drop_input)
DONE(snd_seq_drop_output)
DONE(snd_seq_event_input_pending, int fetch)
DONE(snd_seq_event_output, void *event)
DONE(snd_seq_event_output_direct, void *event)
DONE(snd_seq_get_port_info, int port, void *info)
DONE(snd_seq_set_port_info, int port, void *info)
DONE(snd_seq_get_queue_status, int queue, void *status)
DONE(snd_seq_get_queue_tempo, int queue, void *tempo)
DONE(snd_seq_set_queue_tempo, int queue, void *tempo)
DONE(snd_seq_set_queue_timer, int queue, void *timer)
DONE(snd_seq_remove_events, void *which)
DONE(snd_seq_subscribe_port, void *ports)
DONE(snd_seq_unsubscribe_port, void *ports)
NOBODY(snd_seq_get_any_client_info, int client, void *info)
NOBODY(snd_seq_get_any_port_info, int client, int port, void *info)
NOBODY(snd_seq_query_next_client, void *info)
NOBODY(snd_seq_query_next_port, void *info)
NOBODY(snd_seq_query_port_subscribers, void *query)
