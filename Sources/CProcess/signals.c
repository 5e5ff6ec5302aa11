#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "CProcess.h"
#include "last_words.h"

/* Seconds that work has to come to an end by itself. What ends later loses nothing: files are written so
   that a program may be killed at any moment. */
enum { GRACE = 1 };

static atomic_int heard;
static char farewell[501] = "interrupted";

int process_signal_heard(void) { return atomic_load(&heard); }

void process_set_farewell(const char *sentence) {
  strncpy(farewell, sentence, sizeof farewell - 1);
}

const char *process_farewell(void) { return farewell; }

/* Keeps the first signal. Others of the same second belong to it: `timeout` sends two. */
static void hear(int number) {
  int none = 0;
  if (atomic_compare_exchange_strong(&heard, &none, number)) alarm(GRACE);
}

static void end_late(int number) {
  (void)number;
  say_last(farewell);
  process_end_by_signal(process_signal_heard());
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

static void unblock(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void process_hear_signals(void) {
  handle(SIGALRM, end_late);
  unblock(SIGALRM);
  const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    struct sigaction inherited;
    sigaction(numbers[i], NULL, &inherited);
    if (inherited.sa_handler == SIG_IGN) continue;
    handle(numbers[i], hear);
    /* Some programs block signals for themselves, and forget to let those that they start have them. */
    unblock(numbers[i]);
  }
}

_Noreturn void process_end_by_signal(int number) {
  handle(number, SIG_DFL);
  unblock(number);
  kill(getpid(), number);
  /* The first process of a container has no default actions. */
  _exit(128 + number);
}
