// Makes one call of the C library fail, or ends the program there.
//
// The library is loaded before the C library (LD_PRELOAD), so its functions are the ones that a program
// and its libraries call. It counts calls of one kind on files below a folder, and acts at one of them:
//
//   FAULT_CALL    open read write sync rename close truncate reserve lock unlink
//                 thread: no thread is made from that one on, whatever the folder
//   FAULT_AT      which call, counted from 1
//   FAULT_ACTION  a number: the call fails with this error
//                 short:  it reads or writes half of what it was asked for
//                 none:   it reads or writes nothing, as at the end of a file
//                 cut:    the file loses its second half before the call
//                 kill:   the program ends before the call
//                 killed: the program ends after the call
//   FAULT_FOLDER  only files below this folder count
//   FAULT_FILE    only files count whose path ends so; all if it is not set
//   FAULT_MARK    a file that is made when the library has acted
//   FAULT_LOG     a file that gets a line for each call of every kind: the kind, a space, the path

#ifdef __linux__

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum action { NOTHING, FAIL, SHORT, NONE, KILL_AFTER };

static const char *counted_call, *action, *folder, *file_end, *mark;
static long fault_at;
static atomic_long calls;
static int log_file = -1;

__attribute__((constructor)) static void read_environment(void) {
  counted_call = getenv("FAULT_CALL");
  action = getenv("FAULT_ACTION");
  folder = getenv("FAULT_FOLDER");
  file_end = getenv("FAULT_FILE");
  mark = getenv("FAULT_MARK");
  const char *at = getenv("FAULT_AT");
  fault_at = at ? atol(at) : 0;
  if (!counted_call || !action || !folder) fault_at = 0;
  const char *log = getenv("FAULT_LOG");
  if (log && folder)
    log_file = (int)syscall(
      SYS_openat, AT_FDCWD, log, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
}

static void note(const char *call, const char *path) {
  char line[2 * PATH_MAX];
  int count = snprintf(line, sizeof line, "%s %s\n", call, path);
  if (count > 0) syscall(SYS_write, log_file, line, (size_t)count);
}

static void end_program(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

// Whether a file is one of those that count. Paths that do not begin with a slash count from the folder
// that the program runs in.
static bool counts(const char *path) {
  if (!path) return false;
  char whole[2 * PATH_MAX];
  if (path[0] != '/') {
    char current[PATH_MAX];
    if (syscall(SYS_getcwd, current, sizeof current) < 0) return false;
    snprintf(whole, sizeof whole, "%s/%s", current, path);
    path = whole;
  }
  if (strncmp(path, folder, strlen(folder)) != 0) return false;
  if (!file_end) return true;
  size_t length = strlen(path), end = strlen(file_end);
  return length >= end && strcmp(path + length - end, file_end) == 0;
}

// What is to become of a call, if it is the one. `descriptor` is that of an open file, or -1.
static enum action due(const char *call, const char *path, int descriptor) {
  bool can_act = fault_at != 0 && strcmp(call, counted_call) == 0;
  if (!can_act && log_file < 0) return NOTHING;
  int error = errno;
  char target[PATH_MAX];
  if (descriptor >= 0) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long count = syscall(SYS_readlinkat, AT_FDCWD, link, target, sizeof target - 1);
    if (count < 0) count = 0;
    target[count] = 0;
    path = target;
  }
  errno = error;
  if (!counts(path)) return NOTHING;
  if (log_file >= 0) note(call, path);
  errno = error;
  if (!can_act || atomic_fetch_add(&calls, 1) + 1 != fault_at) return NOTHING;
  if (mark) syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600));
  if (strcmp(action, "kill") == 0) end_program();
  if (strcmp(action, "killed") == 0) return KILL_AFTER;
  if (strcmp(action, "short") == 0) return SHORT;
  if (strcmp(action, "none") == 0) return NONE;
  if (strcmp(action, "cut") == 0) {
    struct stat status;
    if (stat(path, &status) == 0) truncate(path, status.st_size / 2);
    errno = error;
    return NOTHING;
  }
  errno = atoi(action);
  return FAIL;
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

// Acts before a call that returns `failure` if it fails.
#define BEFORE(call, path, descriptor, failure) \
  enum action act = due(call, path, descriptor); \
  if (act == FAIL) return failure

#define AFTER(result) \
  __typeof__(result) outcome = result; \
  if (act == KILL_AFTER) end_program(); \
  return outcome

#define TRANSFER(name, call, buffer, parameters, arguments) \
  ssize_t name parameters { \
    REAL(name); \
    BEFORE(call, NULL, descriptor, -1); \
    if (act == NONE) return 0; \
    if (act == SHORT && count > 1) count /= 2; \
    AFTER(real arguments); \
  }

TRANSFER(read, "read", void *, (int descriptor, void *buffer, size_t count), (descriptor, buffer, count))
TRANSFER(
  pread, "read", void *, (int descriptor, void *buffer, size_t count, off_t offset),
  (descriptor, buffer, count, offset))
TRANSFER(
  pread64, "read", void *, (int descriptor, void *buffer, size_t count, off64_t offset),
  (descriptor, buffer, count, offset))
TRANSFER(
  write, "write", const void *, (int descriptor, const void *buffer, size_t count),
  (descriptor, buffer, count))
TRANSFER(
  pwrite, "write", const void *, (int descriptor, const void *buffer, size_t count, off_t offset),
  (descriptor, buffer, count, offset))
TRANSFER(
  pwrite64, "write", const void *, (int descriptor, const void *buffer, size_t count, off64_t offset),
  (descriptor, buffer, count, offset))

#define ON_DESCRIPTOR(name, call, parameters, arguments) \
  int name parameters { \
    REAL(name); \
    BEFORE(call, NULL, descriptor, -1); \
    AFTER(real arguments); \
  }

ON_DESCRIPTOR(fsync, "sync", (int descriptor), (descriptor))
ON_DESCRIPTOR(fdatasync, "sync", (int descriptor), (descriptor))
ON_DESCRIPTOR(ftruncate, "truncate", (int descriptor, off_t length), (descriptor, length))
ON_DESCRIPTOR(ftruncate64, "truncate", (int descriptor, off64_t length), (descriptor, length))
ON_DESCRIPTOR(flock, "lock", (int descriptor, int operation), (descriptor, operation))

// A file that fails to close is closed all the same.
int close(int descriptor) {
  REAL(close);
  enum action act = due("close", NULL, descriptor);
  int error = errno;
  int result = real(descriptor);
  if (act == KILL_AFTER) end_program();
  if (act != FAIL) return result;
  errno = error;
  return -1;
}

// These return the error itself.
#define RESERVE(name, type) \
  int name(int descriptor, type offset, type length) { \
    REAL(name); \
    BEFORE("reserve", NULL, descriptor, errno); \
    AFTER(real(descriptor, offset, length)); \
  }

RESERVE(posix_fallocate, off_t)
RESERVE(posix_fallocate64, off64_t)

int rename(const char *from, const char *to) {
  REAL(rename);
  BEFORE("rename", from, -1, -1);
  AFTER(real(from, to));
}

int unlink(const char *path) {
  REAL(unlink);
  BEFORE("unlink", path, -1, -1);
  AFTER(real(path));
}

// Threads belong to no file, and where one is not to be had, the next is not either.
int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  REAL(pthread_create);
  if (fault_at > 0 && strcmp(counted_call, "thread") == 0
      && atomic_fetch_add(&calls, 1) + 1 >= fault_at)
    return atoi(action);
  return real(thread, attributes, start, argument);
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
      va_list list; \
      va_start(list, flags); \
      mode = va_arg(list, mode_t); \
      va_end(list); \
    } \
    BEFORE("open", path, -1, -1); \
    AFTER(real(path, flags, mode)); \
  }

OPEN(open)
OPEN(open64)

#endif
