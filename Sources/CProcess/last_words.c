#include "last_words.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "CProcess.h"

static atomic_bool line_is_open;

void process_set_open_line(bool is_open) { atomic_store(&line_is_open, is_open); }

static void put(const char *text) {
  size_t left = strlen(text);
  while (left > 0) {
    ssize_t count = write(2, text, left);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text += count;
    left -= (size_t)count;
  }
}

void say_last(const char *sentence) {
  if (atomic_load(&line_is_open)) put("\n");
  put("ration: ");
  put(sentence);
  put("\n");
}
