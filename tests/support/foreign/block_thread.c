/* A thread that plays blocks as a device does, while the caller waits for it without letting go of anything. */
#include <pthread.h>
#include <stdint.h>
#include <time.h>

typedef int callback(const float *microphone, float *speaker, unsigned long frames, void *times, unsigned long flags,
                     void *host);

enum { MAX_FRAMES = 4096, PAUSE_NS = 100000 };

static struct {
  callback *play;
  void *host;
  unsigned long frames;
  int wanted;
  volatile int played;
  float speaker[2 * MAX_FRAMES];
} job;

static void pause_thread(long nanoseconds) {
  struct timespec moment = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  nanosleep(&moment, NULL);
}

static void *run(void *unused) {
  for (int i = 0; i < job.wanted; i++) {
    job.play(NULL, job.speaker, job.frames, NULL, 0, job.host);
    job.played++;
    pause_thread(PAUSE_NS);
  }
  return unused;
}

void start_blocks(void *play, void *host, unsigned long frames, int wanted) {
  pthread_t thread;
  job.play = (callback *)(uintptr_t)play;
  job.host = host;
  job.frames = frames;
  job.wanted = wanted;
  job.played = 0;
  if (!pthread_create(&thread, NULL, run, NULL)) pthread_detach(thread);
}

/* Wait for all blocks, for a number of milliseconds at most; how many were played. */
int wait_for_blocks(int milliseconds) {
  for (int i = 0; i < 10 * milliseconds && job.played < job.wanted; i++) pause_thread(PAUSE_NS);
  return job.played;
}
