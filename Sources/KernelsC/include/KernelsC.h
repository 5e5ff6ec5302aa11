/* The inner loops of fitting, measuring and running a network, compiled once per instruction set.

   Every function gives the same bits at every level: trials stand in the lanes of a vector, so
   a sum is taken in the order of the weights whatever the vector's width, and no multiplication is
   contracted with an addition.

   A *trial* is one of sixteen reconstructions of a block. Arrays named `scale`, `shift` and `offset`
   have sixteen entries, one per trial. Weights `x` must be finite; `w` are their importances, finite
   and not negative. */
#ifndef RATION_KERNELS_H
#define RATION_KERNELS_H

#include <stdint.h>

#define RK_TRIALS 16
#define RK_GRID_MAX 64

/* A non-linear grid of `size` (4, 8, 16, 32 or 64) ascending values. midpoints[i] lies between
   values[i] and values[i + 1]; further entries of both are +infinity. */
typedef struct {
  int size;
  float values[RK_GRID_MAX];
  float midpoints[RK_GRID_MAX];
} rk_grid;

/* The trial that loses least, the first of equals, and what it loses. */
typedef struct {
  int lane;
  float error;
} rk_choice;

/* The scale at which a block would lose least: its squared deviation from it costs `cost` times as
   much. `explained` is what the block's energy exceeds its error by. */
typedef struct {
  float scale, cost, explained;
} rk_ideal;

/* Scale and offset of an affine block. */
typedef struct {
  float scale, offset;
} rk_affine;

/* Of a block: smallest and largest weight, largest magnitude, sum of w, sum of w x. */
typedef struct {
  float low, high, magnitude, w, wx;
} rk_summary;

/* A codebook of vectors of `dimensions` weights: 8 of three values each, or 4 of eight.

   A code *word* has four nibbles: for 8 dimensions, nibble k is the rank of weight 2k among the
   values plus four times that of weight 2k + 1; for 4, nibble k is the rank of weight k. The values
   ascend; further values and midpoints are +infinity.

   The weights' ranks among the values, as digits in base 3 or 8 (that of the first weight lowest),
   number the *cells* of the space of groups; the shortlist of a cell has the `listed` words nearest
   to its centre, nearest first. ternary[b] is the sum of 3^k over the set bits k of b. */
typedef struct {
  int dimensions, signs, listed;
  float values[16], midpoints[16];
  uint16_t ternary[256];
  const uint16_t *shortlists;
} rk_codebook;

/* How weights get their signs: the values have them; a bit for each weight; or a bit for each, of
   which every eight have an even number set. */
#define RK_SIGNS_NONE 0
#define RK_SIGNS_FREE 1
#define RK_SIGNS_EVEN 2

/* A codebook of pairs of weights. */
#define RK_PAIRS 32
typedef struct {
  float first[RK_PAIRS], second[RK_PAIRS];
} rk_pairs;

/* The most weights that feedback rounds together. */
#define RK_UNIT_MAX 32

/* The values of which each weight takes one by itself: those of a grid, or without grid the integers low ...
   high. With `odd`, codes obey IQ4_KSS's parity constraint: `grid` then has the eight values whose codes have an
   even number of set bits, and `odd` the others. */
typedef struct {
  const rk_grid *grid, *odd;
  float low, high;
} rk_levels;

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
} rk_trellis_book;

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

/* Codes spread over two planes: code j = (low[j] >> low_shift & low_mask)
   | (high[j] >> high_shift & high_mask) << high_place. With high NULL, bit j of high_bits stands for
   high[j]. With high_mask 0, there is no high plane. */
typedef struct {
  const uint8_t *low, *high;
  uint32_t high_bits;
  int low_shift, low_mask, high_shift, high_mask, high_place;
} rk_planes;

/* What two models make of a token: see compare_logits. */
typedef struct {
  double p, q, difference;
} rk_logit_sums;

/* Of block floating point: the values of a block, the columns of a panel, and the bits of both factors of a product,
   whose sum over a block stays below 2^31. */
#define RK_BLOCK 64
#define RK_BLOCK_COLUMNS 16
#define RK_BLOCK_BITS 25

typedef struct {
  const char *level;

  /* For n a multiple of 16. */
  rk_summary (*summary)(const float *x, const float *w, int n);

  /* Reconstruction scale * g, g the value of the grid moved by `shift` that is nearest to x / scale.
     ideal: of the trials' values, with the least-squares scale sum(w x g) / sum(w g g) each, those
     that explain most; cost is sum(w g g).   choice: by sum w (x - scale g)^2.
     codes: the index of g for each weight, at one scale and shift. */
  rk_ideal (*grid_ideal)(const float *x, const float *w, int n, const rk_grid *grid,
                         const float *scale, const float *shift);
  rk_choice (*grid_choice)(const float *x, const float *w, int n, const rk_grid *grid,
                           const float *scale, const float *shift);
  void (*grid_codes)(const float *x, int n, const rk_grid *grid, float scale, float shift,
                     uint8_t *codes);

  /* The same for 32 weights on a grid of 16 under IQ4_KSS's constraint: in each group of weights
     {2k, 2k+1, 2k+16, 2k+17} the sixteen bits of the four codes have even parity. `even` and `odd`
     are the eight values each whose codes have an even or odd number of set bits. The optimum is
     exact: every weight takes the nearer of its best even and its best odd code, and where that
     leaves odd parity, the one weight whose other choice costs least takes it. */
  rk_choice (*parity_choice)(const float *x, const float *w, const rk_grid *even,
                             const rk_grid *odd, const float *scale, const float *shift);
  void (*parity_codes)(const float *x, const float *w, const rk_grid *even, const rk_grid *odd,
                       float scale, float shift, uint8_t *codes);

  /* Reconstruction scale * q, q the integer in lo ... hi nearest to x / scale: as grid_ideal. */
  rk_ideal (*uniform_ideal)(const float *x, const float *w, int n, float lo, float hi,
                            const float *scale);

  /* Reconstruction scale * q + offset, q the integer in lo ... hi nearest to (x - offset) / scale.
     choice: by sum w (x - scale q - offset)^2.   codes: q - lo.
     ideal: each trial in turn takes its nearest codes in 0 ... hi and solves for scale (not negative)
     and offset (not positive, if `only_subtract`) by least squares, `rounds` times; the solution
     that explains most of all. `sums` is the block's summary. */
  rk_choice (*affine_choice)(const float *x, const float *w, int n, float lo, float hi,
                             const float *scale, const float *offset);
  void (*affine_codes)(const float *x, int n, float lo, float hi, float scale, float offset,
                       uint8_t *codes);
  rk_affine (*affine_ideal)(const float *x, const float *w, int n, float hi, rk_summary sums,
                            int only_subtract, int rounds, const float *scale,
                            const float *offset);

  /* Blocks of `size` weights (16 or a multiple), n weights in all; here scale and shift have an
     entry for each block. Reconstruction scale * (v + shift), v the values, with their signs, of a
     word for each group: of the first `listed` words (a multiple of 16) in the shortlist of the
     group's cell, that of least sum w (x - decoded)^2 under the constraint on signs. Only codebooks
     without signs have shifts.

     words: one a group. marks: a byte for each eight weights, bit k set where weight k is negative;
     without signs zero, or with `both`, which lets a group subtract the shift, 1 where it does.
     wxv = sum w x v and wvv = sum w v v of each block, v with sign and shift. */
  void (*codebook_match)(const float *x, const float *w, int n, int size, const rk_codebook *book,
                         int listed, const float *scale, const float *shift, int both,
                         uint16_t *words, uint8_t *marks, float *wxv, float *wvv);

  /* Rounding of columns that make up for each other, of several rows at once: rows stand in the lanes. What
     is of a column stands `stride` values behind that of the column before; the rows are a multiple of 16. A
     row's weight is scale * v + offset, v a value of the levels; codes count from the least.

     feedback: n columns (at most RK_UNIT_MAX; under parity 32) are rounded one after the other, each to its
     target t less what those before leave it: with r = y - t, that is t[j] - sum over k < j of r[k] m[k][j],
     which makes sum over j of d[j] (sum over k <= j of r[k] m[k][j])^2 small, m having ones at [j][j]. Under
     parity columns go in the order {k, k + 16, k + 1, k + 17} for k = 0, 2 ... 14, and m and d
     are in that order; of each four the best by the sum is taken, given one path to each parity.
     descend: each of n columns in turn moves to the value of least loss, where the loss of a row is
     sum e h e over columns and g = h e its slope, e what the row has become less what it was; y and g follow.
     `h` is of these columns alone, which may see others: g begins with what those do. Under parity four columns
     move together. */
  void (*feedback_codes)(const float *t, int n, int rows, int stride, const float *m, int m_stride,
                         const float *d, const rk_levels *levels, const float *scales,
                         const float *offsets, uint8_t *codes, float *y);
  void (*descend_codes)(float *g, float *y, int n, int rows, int stride, const float *h,
                        int h_stride, const rk_levels *levels, const float *scales,
                        const float *offsets, uint8_t *codes);

  /* Reconstruction scale * v, v the values of the entry for weights 2k and 2k + 1 that loses least.
     choice: by sum w (x - scale v)^2.   codes: the entry for the first weight of a pair, RK_PAIRS +
     the entry for the second; n is a multiple of 32. */
  rk_choice (*pair_choice)(const float *x, const float *w, int n, const rk_pairs *pairs,
                           const float *scale);
  void (*pair_codes)(const float *x, const float *w, int n, const rk_pairs *pairs, float scale,
                     uint8_t *codes);

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
     weights loses more than 0.6 `bound` at every scale: never to give up would bring 0.4 % less error
     for 1.09 times the time (docs/constants.md). */
  rk_found (*trellis_search)(const rk_trellis_book *book, const float *x, const float *w,
                             const float *scales, int n, float effort, float bound,
                             uint16_t *seeds);

  /* Decoding, n a multiple of 16: y = table[code] * scale, and y = (code - bias) * scale - minimum. */
  void (*look_up)(const rk_planes *planes, int n, const float *table, int table_size, float scale,
                  float *y);
  void (*linear)(const rk_planes *planes, int n, int bias, float scale, float minimum, float *y);

  /* What y loses of x under weights w. */
  rk_loss (*loss)(const float *x, const float *y, const float *w, int n);

  /* Conversions; to half and bfloat16 rounding to nearest even. */
  void (*half_to_float)(const uint16_t *from, float *to, int n);
  void (*float_to_half)(const float *from, uint16_t *to, int n);
  void (*bfloat_to_float)(const uint16_t *from, float *to, int n);
  void (*float_to_bfloat)(const float *from, uint16_t *to, int n);

  /* Block floating point: blocks of RK_BLOCK values along a row of the left factor, or down a column of the right one,
     are integers below 2^bits times a unit of their own, a power of two. A block with a value that is not finite has
     the unit NaN. The last block is filled up with zeros.

     block_floats: the blocks of n values, one after another.
     pack_block_rows: a panel of up to RK_BLOCK_COLUMNS columns of the right factor, which are rows of b, of n values;
     they stand `stride` values apart. A panel holds, of each two rows of the factor, the pairs of all columns; missing
     columns are zeros. The units of all columns follow each other block by block.
     pack_block_columns: the same where the columns of the factor, of n values, are columns of b.
     multiply_blocks: sets c to a times the right factor, or adds that to it; `a` has rows of whole blocks, the panels of
     the factor's columns follow each other. Bits of both factors may be RK_BLOCK_BITS together. */
  void (*block_floats)(const float *x, int n, int bits, int16_t *values, float *units);
  void (*pack_block_rows)(const float *b, int stride, int n, int columns, int bits, int16_t *panel,
                          float *units);
  void (*pack_block_columns)(const float *b, int stride, int n, int columns, int bits,
                             int16_t *panel, float *units);
  void (*multiply_blocks)(const int16_t *a, const float *a_units, int rows, int blocks,
                          const int16_t *b, const float *b_units, float *c, int c_stride,
                          int columns, int adding);

  /* Logits. top: where the greatest of n >= 1 values stands, of equal ones the first; NaN is never the greatest.
     compare_logits: given the greatest of x and of y, the sums of e^(x - x_top), of e^(y - y_top), and of the former
     times (x - x_top) - (y - y_top), in double precision, every exponential to about 1e-15 of itself. */
  int (*top)(const float *x, int n);
  rk_logit_sums (*compare_logits)(const float *x, const float *y, int n, double x_top,
                                  double y_top);

  /* Running a network. Any n; what is written may be one of the inputs, but not overlap them
     otherwise.

     dot: sum x y.   add_squares: sums += weight x x.   scaled_product: z = scale x y.
     add_combination: z += a x + b y. */
  float (*dot)(const float *x, const float *y, int n);
  void (*add_squares)(const float *x, float weight, int n, float *sums);
  void (*scaled_product)(const float *x, const float *y, float scale, int n, float *z);
  void (*add_combination)(float a, const float *x, float b, const float *y, int n, float *z);

  /* x becomes its softmax; returned is log(sum(e^x)).
     gradient: d, the gradient at the softmax p, becomes that at its input. */
  float (*softmax)(float *x, int n);
  void (*softmax_gradient)(const float *p, float *d, int n);

  /* y = gate up / (1 + e^-z), z = slope (gate + cubic gate^3): SiLU with slope 1 and cubic 0, GELU
     with its usual tanh approximation with slope sqrt(8 / pi) and cubic 0.044715.
     gradient: given that at y, gate and up become the gradients at them. */
  void (*gate)(const float *gate, const float *up, int n, float slope, float cubic, float *y);
  void (*gate_gradient)(const float *dy, int n, float slope, float cubic, float *gate, float *up);

  /* y = up / (1 + e^-gate).   gradient: given that at y, gate and up become the gradients at them. */
  void (*sigmoid_gate)(const float *gate, const float *up, int n, float *y);
  void (*sigmoid_gate_gradient)(const float *dy, int n, float *gate, float *up);

  /* scale_by_decay: x[j] *= e^(log - logs[j]).
     multiply_rows: z = the sum of x[i] y[i] over `count` rows i of n values; those of x are `stride` values apart,
     those of y n.
     subtract_rows: z -= the sum of factors[i step] x[i] over `count` rows i of n values, `stride` values apart. */
  void (*scale_by_decay)(float *x, const float *logs, float log, int n);
  void (*multiply_rows)(const float *x, int stride, const float *y, int count, int n, float *z);
  void (*subtract_rows)(const float *factors, int step, const float *x, int stride, int count, int n,
                        float *z);

  /* x becomes y = cap tanh(x / cap).   gradient: d, the gradient at y, becomes that at x. */
  void (*soft_cap)(float *x, int n, float cap);
  void (*soft_cap_gradient)(const float *y, float *d, int n, float cap);

  /* Turns n / 2 pairs of x, pair k by the angle with this cosine[k] and direction * sine[k]. Pair k is
     x[2k] and x[2k + 1], or x[k] and x[k + n / 2]. */
  void (*rotate_neighbours)(float *x, int n, const float *cosine, const float *sine,
                            float direction);
  void (*rotate_halves)(float *x, int n, const float *cosine, const float *sine, float direction);
} rk_kernels;

/* Products of matrices of bfloat16, summed in floats.

   A panel holds 64 columns of the right factor: for each two rows, one after the other, the pairs of all
   columns. It is aligned to 64 bytes; missing columns are zeros. */
#define RK_PANEL_COLUMNS 64
typedef struct {
  /* Fills a panel of `pairs` pairs of rows with up to 64 columns of the right factor: those are rows of
     b, at `stride`, or columns of b, whose rows stand at `stride`. */
  void (*pack_rows)(const uint16_t *b, int stride, int pairs, int columns, uint16_t *panel);
  void (*pack_columns)(const uint16_t *b, int stride, int pairs, int columns, uint16_t *panel);

  /* Sets c, `rows` by `columns` (up to 64), to a times the panel, or adds that to it. */
  void (*multiply)(const uint16_t *a, int a_stride, const uint16_t *panel, int pairs, int rows,
                   float *c, int c_stride, int columns, int adding);

  /* Adds to c, 64 by 64, the products of the columns of panel a, for rows, with those of panel b. They are
     summed up before they are added, so that many small sums make a large one with little rounding. */
  void (*add_panels)(const uint16_t *a, const uint16_t *b, int pairs, float *c, int c_stride);
} rk_bfloat_kernels;

/* NULL where this machine has no instructions for them. */
const rk_bfloat_kernels *rk_bfloat_kernels_if_available(void);

/* One value: half to float exactly, and float to the nearest half, ties to even. */
float rk_half_to_float(uint16_t half);
uint16_t rk_float_to_half(float value);

/* The table of a level ("base", "avx2", "avx512"), or NULL where this machine lacks it. */
const rk_kernels *rk_kernels_named(const char *level);

/* The table of the best level that this machine has. */
const rk_kernels *rk_kernels_best(void);

#endif
