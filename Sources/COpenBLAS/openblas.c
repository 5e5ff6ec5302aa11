#include "COpenBLAS.h"

#ifdef __linux__

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* The name that all distributions give to this version of the interface. */
static const char name[] = "libopenblas.so.0";

typedef void sgemm_function(
    int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);

static sgemm_function *sgemm;
static char *(*configuration)(void);
static char *(*processor)(void);
static char problem[512];

static void load(void) {
  /* Threads of the library's own are made, and their memory is taken, while it is loaded: none are
     wanted, since callers divide the work. */
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    snprintf(problem, sizeof problem, "%s", reason ? reason : name);
    return;
  }
  sgemm = (sgemm_function *)dlsym(library, "cblas_sgemm");
  configuration = (char *(*)(void))dlsym(library, "openblas_get_config");
  processor = (char *(*)(void))dlsym(library, "openblas_get_corename");
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (!sgemm || !configuration || !processor || !set_threads) {
    snprintf(problem, sizeof problem, "%s lacks a function", name);
    return;
  }
  /* For libraries that read another variable. */
  set_threads(1);
}

const char *openblas_problem(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return problem[0] ? problem : NULL;
}

void openblas_sgemm(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
    int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  sgemm(order, transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

const char *openblas_configuration(void) { return configuration(); }

const char *openblas_processor(void) { return processor(); }

#endif
