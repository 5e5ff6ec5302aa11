/* Compiles the kernels for each instruction set and chooses among them at run time. */
#include "KernelsC.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* The same bits on every machine: a multiplication and an addition stay two roundings. */
#pragma STDC FP_CONTRACT OFF

/* Vector arguments never cross a boundary between instruction sets: all helpers are inlined. */
#pragma clang diagnostic ignored "-Wpsabi"

typedef float f16v __attribute__((ext_vector_type(16)));
typedef uint8_t u8v __attribute__((ext_vector_type(16)));
typedef int32_t i16v __attribute__((ext_vector_type(16)));
typedef uint16_t u16v __attribute__((ext_vector_type(16)));
typedef _Bool b16v __attribute__((ext_vector_type(16)));
typedef float f4v __attribute__((ext_vector_type(4)));
typedef double d8v __attribute__((ext_vector_type(8)));
typedef int64_t l8v __attribute__((ext_vector_type(8)));
typedef float f8v __attribute__((ext_vector_type(8)));
typedef uint32_t n16v __attribute__((ext_vector_type(16)));
typedef int16_t i16h __attribute__((ext_vector_type(16)));
typedef int16_t i32h __attribute__((ext_vector_type(32)));
typedef int8_t i32b __attribute__((ext_vector_type(32)));
typedef int32_t i4v __attribute__((ext_vector_type(4)));

static const i16v lane_numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* IEEE 754 half to float: exact. A signalling NaN becomes quiet, as the hardware does it. */
float rk_half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t magnitude = half & 0x7fff, bits;
  if (magnitude >= 0x7c00) {
    bits = sign | 0x7f800000 | (magnitude & 0x3ff) << 13 | (magnitude > 0x7c00 ? 0x400000 : 0);
  } else if (magnitude >= 0x0400) {
    bits = sign | ((magnitude << 13) + 0x38000000);
  } else {
    float small = (float)magnitude * 0x1p-24f;
    __builtin_memcpy(&bits, &small, 4);
    bits |= sign;
  }
  float value;
  __builtin_memcpy(&value, &bits, 4);
  return value;
}

/* Float to the nearest IEEE 754 half, ties to even; beyond 65520 infinite. */
uint16_t rk_float_to_half(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
  if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);
  if (magnitude >= 0x38800000) {
    return (uint16_t)(sign | (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13);
  }
  /* Adding 0.5 leaves the subnormal half, rounded, in the low bits of the sum. */
  float shifted;
  __builtin_memcpy(&shifted, &magnitude, 4);
  shifted += 0.5f;
  __builtin_memcpy(&bits, &shifted, 4);
  return (uint16_t)(sign | (bits - 0x3f000000));
}

#define RK_LEVEL "base"
#define FN(name) name##_base
#include "body.inc"
#undef FN
#undef RK_LEVEL

#if defined(__x86_64__)

#define RK_F16C
#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)
#define RK_LEVEL "avx2"
#define FN(name) name##_avx2
#include "body.inc"
#undef FN
#undef RK_LEVEL
#pragma clang attribute pop

#define RK_PERMUTE
#pragma clang attribute push( \
    __attribute__((target("avx2,f16c,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define RK_LEVEL "avx512"
#define FN(name) name##_avx512
#include "body.inc"
#undef FN
#pragma clang attribute pop

/* The same with an instruction that adds products of integers. */
#define RK_DOT_SUM
#pragma clang attribute push( \
    __attribute__((target("avx2,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
    apply_to = function)
#define FN(name) name##_avx512vnni
#include "body.inc"
#undef FN
#undef RK_LEVEL
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), apply_to = function)
#include "bfloat.inc"
#pragma clang attribute pop

#endif

const rk_bfloat_kernels *rk_bfloat_kernels_if_available(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512bf16")) {
    return &rk_bfloat_table;
  }
#endif
  return NULL;
}

const rk_kernels *rk_kernels_named(const char *level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (strcmp(level, "avx512") == 0) {
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) {
      return NULL;
    }
    return __builtin_cpu_supports("avx512vnni") ? &table_avx512vnni : &table_avx512;
  }
  if (strcmp(level, "avx2") == 0) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c") ? &table_avx2 : NULL;
  }
#endif
  return strcmp(level, "base") == 0 ? &table_base : NULL;
}

const rk_kernels *rk_kernels_best(void) {
  const rk_kernels *best = rk_kernels_named("avx512");
  if (best == NULL) best = rk_kernels_named("avx2");
  return best == NULL ? rk_kernels_named("base") : best;
}
