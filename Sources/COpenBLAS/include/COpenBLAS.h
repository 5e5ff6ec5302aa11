/* OpenBLAS, loaded when it is first needed: at once when a program starts, it would take hundreds of
   megabytes of addresses, and a thread for each core, of commands that multiply nothing. */
#ifndef RATION_OPENBLAS_H
#define RATION_OPENBLAS_H

/* Loads the library, if that has not been done. NULL, or why it cannot be had, in words. */
const char *openblas_problem(void);

/* The values that the library gives them. */
enum { OPENBLAS_ROW_MAJOR = 101, OPENBLAS_NO_TRANS = 111, OPENBLAS_TRANS = 112 };

/* cblas_sgemm: c = alpha a b + beta c, on the calling thread. Needs the library. */
void openblas_sgemm(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int lda, const float *b, int ldb, float beta, float *c, int ldc);

/* How the library was built, and the processor that it has chosen its loops for. Need the library. */
const char *openblas_configuration(void);
const char *openblas_processor(void);

#endif
