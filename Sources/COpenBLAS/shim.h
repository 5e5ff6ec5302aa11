/* The C interface of OpenBLAS: matrix products of calibration. */
#include <cblas.h>
