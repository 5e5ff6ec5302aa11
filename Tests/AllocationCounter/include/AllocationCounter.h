/* Counts the calls of this thread that allocate memory, by standing in for the C library's allocator in the test
   program. Where that cannot be done (anywhere but glibc) nothing is counted. */
#ifndef RATION_ALLOCATION_COUNTER_H
#define RATION_ALLOCATION_COUNTER_H

#include <stddef.h>

/* Whether allocations are counted. */
int allocations_are_counted(void);

/* How many there were on this thread. */
size_t allocation_count(void);

/* How many of its allocations are not freed yet. */
long allocation_balance(void);

#endif
