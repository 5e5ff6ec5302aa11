/* The inner loops of fitting and measuring, compiled once per instruction set.

   Every function gives the same bits at every level: candidates stand in the lanes of a vector, so
   a sum is taken in the order of the weights whatever the vector's width, and no multiplication is
   contracted with an addition.

   A *candidate* is one of sixteen trial reconstructions of a block. Arrays named `scale`, `shift`,
   `offset` and every result array have sixteen entries, one per candidate. Weights `x` must be
   finite; `w` are their importances, finite and not negative. */
#ifndef RATION_KERNELS_H
#define RATION_KERNELS_H

#include <stdint.h>

#define RK_CANDIDATES 16
#define RK_GRID_MAX 64

/* A non-linear grid of `size` (4, 8, 16, 32 or 64) ascending values. midpoints[i] lies between
   values[i] and values[i + 1]; further entries of both are +infinity. */
typedef struct {
  int size;
  float values[RK_GRID_MAX];
  float midpoints[RK_GRID_MAX];
} rk_grid;

/* The multiplier of the trellis types' generator, and the most edges of a dimension in a codebook.
   */
#define RK_TRELLIS_MULTIPLIER 0xCBAC1FEDu
#define RK_EDGES_MAX 7
#define RK_SCALES_MAX 6

/* The vectors that the seeds of a trellis type stand for, sorted into cells: each dimension is cut
   into bins, and a cell is one bin in every dimension. A seed stands for `group` (4 or 8) weights;
   `offset` is added to it before it is expanded, and `magnitudes` says that signs are dropped. */
typedef struct {
  int group, offset, magnitudes, cells;
  /* In dimension l % group: what a bin further adds to a cell's number, and the ascending edges
     between bins, infinite where there are fewer. Of eight dimensions none has more than two. */
  int stride[16];
  float edges[RK_EDGES_MAX][16];
  /* Sixteen vectors for each cell: those in it, and where it has fewer, near ones. A cell holds,
     for each two dimensions, both values of every vector. */
  const int8_t *vectors;
  /* The seed of every vector. */
  const uint16_t *seeds;
} rk_codebook;

/* Of 32 weights in groups: sum w m m, with m the mean square of a weight's group, sum w, and the
   largest |x|. */
typedef struct {
  float fourth, weight, largest;
} rk_spread;

/* What a search found: the number of the scale, sum w (x - scale v)^2 at it, sum w x v, sum w v v.
   */
typedef struct {
  int scale;
  float error, wxv, wvv;
} rk_found;

/* What a row lost: sums over its weights of w(x-y)^2, w x^2, (x-y)^2, x^2, and the largest |x-y|. */
typedef struct {
  float weighted_error, weighted_energy, error, energy, maximum;
} rk_loss;

typedef struct {
  const char *level;

  /* Reconstruction scale * g, g the value of the grid moved by `shift` that is nearest to x / scale.
     moments: wxg = sum w x g, wgg = sum w g g.   errors: sum w (x - scale g)^2.
     codes: the index of g for each weight, at one scale and shift. */
  void (*grid_moments)(const float *x, const float *w, int n, const rk_grid *grid,
                       const float *scale, const float *shift, float *wxg, float *wgg);
  void (*grid_errors)(const float *x, const float *w, int n, const rk_grid *grid,
                      const float *scale, const float *shift, float *error);
  void (*grid_codes)(const float *x, int n, const rk_grid *grid, float scale, float shift,
                     uint8_t *codes);

  /* The same for 32 weights on a grid of 16 under IQ4_KSS's constraint: in each group of weights
     {2k, 2k+1, 2k+16, 2k+17} the sixteen bits of the four codes have even parity. `even` and `odd`
     are the eight values each whose codes have an even or odd number of set bits. The optimum is
     exact: every weight takes the nearer of its best even and its best odd code, and where that
     leaves odd parity, the one weight whose other choice costs least takes it. */
  void (*parity_errors)(const float *x, const float *w, const rk_grid *even, const rk_grid *odd,
                        const float *scale, const float *shift, float *error);
  void (*parity_codes)(const float *x, const float *w, const rk_grid *even, const rk_grid *odd,
                       float scale, float shift, uint8_t *codes);

  /* Reconstruction scale * q + offset, q the integer in lo ... hi nearest to (x - offset) / scale.
     moments: wq = sum w q, wqq = sum w q q, wxq = sum w x q.   codes: q - lo. */
  void (*affine_moments)(const float *x, const float *w, int n, float lo, float hi,
                         const float *scale, const float *offset, float *wq, float *wqq, float *wxq);
  void (*affine_errors)(const float *x, const float *w, int n, float lo, float hi,
                        const float *scale, const float *offset, float *error);
  void (*affine_codes)(const float *x, int n, float lo, float hi, float scale, float offset,
                       uint8_t *codes);

  /* What y loses of x under weights w. */
  rk_loss (*loss)(const float *x, const float *y, const float *w, int n);

  /* Conversions; to half and bfloat16 rounding to nearest even. */
  void (*half_to_float)(const uint16_t *from, float *to, int n);
  void (*float_to_half)(const float *from, uint16_t *to, int n);
  void (*bfloat_to_float)(const uint16_t *from, float *to, int n);
  void (*float_to_bfloat)(const float *from, uint16_t *to, int n);

  /* scale * v for the n weights of n / group seeds, n a multiple of 16. */
  void (*trellis_values)(const uint16_t *seeds, int n, int group, int offset, int magnitudes,
                         float scale, float *y);

  /* How 32 weights in groups of 4 or 8 are spread. */
  rk_spread (*trellis_spread)(const float *x, const float *w, int group);

  /* Seeds whose vectors come near to 32 weights at one of n scales of one sign: n is 1, 2, 4 or 6
     with groups of eight, 6 with groups of four. The first scale should be the likeliest.
     A group's vectors are those of the cell where the group is at the first scale, and of the
     cells to which steps lead from there whose costs sum to less than `effort` times the least
     error in that cell. A step goes to another bin in one dimension and costs w times the squared
     distance from there, at the nearest of the scales from the first half-way to the others: in
     each of eight dimensions there is one, over the nearer edge; in each of four there are three,
     one bin down, one up, and two over the nearer edges. An effort of 1 or more compares every
     vector of the codebook.
     Vectors are compared in integers, with weights rounded to 1 ... 64 64ths of the group's
     greatest.
     With groups of four the search gives up, with an error of FLT_MAX, where the first half of the
     weights loses more than 0.6 `bound` at every scale. */
  rk_found (*trellis_search)(const rk_codebook *book, const float *x, const float *w,
                             const float *scales, int n, float effort, float bound,
                             uint16_t *seeds);
} rk_kernels;

/* One value: half to float exactly, and float to the nearest half, ties to even. */
float rk_half_to_float(uint16_t half);
uint16_t rk_float_to_half(float value);

/* The table of a level ("base", "avx2", "avx512"), or NULL where this machine lacks it. */
const rk_kernels *rk_kernels_named(const char *level);

/* The table of the best level that this machine has. */
const rk_kernels *rk_kernels_best(void);

#endif
