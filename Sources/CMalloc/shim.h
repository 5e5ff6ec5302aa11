/* The settings of glibc's allocator. */
#include <malloc.h>
