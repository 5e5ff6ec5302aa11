/* Swift's runtime, and libraries written in C, abort, trap or wait for ever where memory cannot be had. So
   the functions that get it are replaced by ones that end the program with a sentence.

   They are weak: a program that has its own, such as tests that count allocations, keeps them. Behind them
   are those that come next in the order of libraries, whosever they are. Sanitizers bring their own. */
#define _GNU_SOURCE

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif

#include <stdlib.h>

#if defined(__GLIBC__) && defined(__LP64__) && !defined(SANITIZED)

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "last_words.h"

/* The exit code of failed input or output, as `ErrorKind.inputOutput` has it. */
enum { EXIT_CODE = 5 };

static _Noreturn void end_without_memory(void) {
  static atomic_flag is_ending = ATOMIC_FLAG_INIT;
  /* One thread speaks; others that find no memory meanwhile wait for the end. */
  while (atomic_flag_test_and_set(&is_ending)) pause();
  say_last("not enough memory");
  _exit(EXIT_CODE);
}

static void *checked(void *memory, size_t size) {
  if (memory == NULL && size != 0) end_without_memory();
  return memory;
}

/* glibc's own names, for allocations that are made while the next function is being looked for. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local int is_looking;

/* Declares `next`: the function of this name in the libraries behind the program. */
#define NEXT(name, meanwhile) \
  static _Atomic(__typeof__(&meanwhile)) found; \
  __typeof__(&meanwhile) next = atomic_load_explicit(&found, memory_order_relaxed); \
  if (next == NULL && is_looking) next = meanwhile; \
  if (next == NULL) { \
    is_looking = 1; \
    next = (__typeof__(next))dlsym(RTLD_NEXT, name); \
    is_looking = 0; \
    if (next == NULL) next = meanwhile; \
    atomic_store_explicit(&found, next, memory_order_relaxed); \
  }

__attribute__((weak)) void *malloc(size_t size) {
  NEXT("malloc", __libc_malloc)
  return checked(next(size), size);
}

__attribute__((weak)) void *calloc(size_t number, size_t size) {
  NEXT("calloc", __libc_calloc)
  return checked(next(number, size), number == 0 ? 0 : size);
}

__attribute__((weak)) void *realloc(void *memory, size_t size) {
  NEXT("realloc", __libc_realloc)
  return checked(next(memory, size), size);
}

__attribute__((weak)) void *memalign(size_t alignment, size_t size) {
  NEXT("memalign", __libc_memalign)
  return checked(next(alignment, size), size);
}

__attribute__((weak)) void *aligned_alloc(size_t alignment, size_t size) {
  NEXT("aligned_alloc", __libc_memalign)
  return checked(next(alignment, size), size);
}

static int align(void **memory, size_t alignment, size_t size) {
  *memory = __libc_memalign(alignment, size);
  return *memory == NULL ? ENOMEM : 0;
}

__attribute__((weak)) int posix_memalign(void **memory, size_t alignment, size_t size) {
  NEXT("posix_memalign", align)
  int error = next(memory, alignment, size);
  if (error == ENOMEM) end_without_memory();
  return error;
}

/* OpenBLAS asks again, for ever, where it is given none. Large pages are another matter: few systems have
   any, and whoever asks for them can do without. */
__attribute__((weak)) void *mmap(
    void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  void *memory =
      (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
  if (memory == MAP_FAILED && errno == ENOMEM && !(flags & MAP_HUGETLB)) end_without_memory();
  return memory;
}

__attribute__((weak)) void *mmap64(
    void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  return mmap(address, length, protection, flags, descriptor, offset);
}

#endif
