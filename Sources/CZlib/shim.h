/* zlib: what is deflated, and checksums. */
#include <zlib.h>
