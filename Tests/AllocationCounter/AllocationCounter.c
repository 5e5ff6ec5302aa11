#include "AllocationCounter.h"

#include <stdlib.h>

static _Thread_local size_t count;
static _Thread_local long balance;

size_t allocation_count(void) { return count; }
long allocation_balance(void) { return balance; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
/* The sanitizer has an allocator of its own. */
#define HAS_OTHER_ALLOCATOR
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_OTHER_ALLOCATOR)

int allocations_are_counted(void) { return 1; }

/* glibc's own names of its allocator. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static void *counted(void *memory) {
  count++;
  balance += memory != NULL;
  return memory;
}

void *malloc(size_t size) { return counted(__libc_malloc(size)); }

void *calloc(size_t number, size_t size) { return counted(__libc_calloc(number, size)); }

void *aligned_alloc(size_t alignment, size_t size) {
  return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = counted(__libc_memalign(alignment, size));
  return *memory == NULL ? 12 /* ENOMEM */ : 0;
}

void *realloc(void *memory, size_t size) {
  if (memory == NULL) return counted(__libc_realloc(NULL, size));
  count++;
  void *moved = __libc_realloc(memory, size);
  balance -= moved == NULL && size == 0;
  return moved;
}

void free(void *memory) {
  balance -= memory != NULL;
  __libc_free(memory);
}

#else

int allocations_are_counted(void) { return 0; }

#endif
