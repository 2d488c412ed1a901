// Compiles graph.inc for every path and calls the one that kernels.c has chosen.
#include "kernels.h"

#include <stdlib.h>

struct graph_kernels {
  void (*translate_rows)(long, long, const float *, const int32_t *, const int32_t *,
                         const float *, float *);
  void (*row_squares)(long, long, const float *, float *);
  void (*pair_distances)(long, long, bool, const float *, const float *, float *);
  void (*pair_gradient)(long, long, bool, const float *, const float *, const float *,
                        const float *, float *, float *);
  void (*distances_l2)(long, long, const float *, const float *, float *);
  void (*gradient_l2)(long, long, const float *, float *, float *, float *);
  void (*scaled_minus)(long, long, const float *, const float *, float *);
  void (*distances_l1)(long, long, long, const float *, const float *, float *);
  void (*gradient_l1)(long, long, long, const float *, const float *, const float *, float *,
                      float *);
  double (*ranking_loss)(long, long, ksr_ranking_loss_settings, const float *, const float *,
                         float *, float *);
  void (*adagrad_step)(long, float, float, float *, const float *, float *);
  void (*add_scaled)(long, float, const float *, float *);
};

// Memory for one matrix of distances; running out of it leaves nothing sensible to do.
static float *ksr_graph_scratch(size_t count) {
  float *memory = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (!memory) abort();
  return memory;
}

#define FN(name) name##_portable
#define LANES 4
#include "graph.inc"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define FN(name) name##_avx2
#define LANES 8
#include "graph.inc"
#pragma clang attribute pop

#pragma clang attribute push(                                                    \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#define FN(name) name##_avx512
#define LANES 16
#include "graph.inc"
#pragma clang attribute pop
#endif

static const struct graph_kernels *kernels(void) {
#if defined(__x86_64__)
  const char *name = ksr_kernels()->name;
  if (name[0] == 'a') return name[3] == '5' ? &graph_table_avx512 : &graph_table_avx2;
#endif
  return &graph_table_portable;
}

void ksr_translate_rows(long rows, long width, const float *table, const int32_t *from,
                        const int32_t *by, const float *sign, float *out) {
  kernels()->translate_rows(rows, width, table, from, by, sign, out);
}
void ksr_row_squares(long rows, long width, const float *x, float *out) {
  kernels()->row_squares(rows, width, x, out);
}
void ksr_pair_distances(long rows, long width, bool l1, const float *q, const float *y, float *d) {
  kernels()->pair_distances(rows, width, l1, q, y, d);
}
void ksr_pair_gradient(long rows, long width, bool l1, const float *q, const float *y,
                       const float *d, const float *c, float *dq, float *dy) {
  kernels()->pair_gradient(rows, width, l1, q, y, d, c, dq, dy);
}
void ksr_distances_l2(long rows, long columns, const float *qq, const float *xx, float *d) {
  kernels()->distances_l2(rows, columns, qq, xx, d);
}
void ksr_gradient_l2(long rows, long columns, const float *d, float *c, float *row_sum,
                     float *column_sum) {
  kernels()->gradient_l2(rows, columns, d, c, row_sum, column_sum);
}
void ksr_scaled_minus(long rows, long width, const float *sum, const float *q, float *dq) {
  kernels()->scaled_minus(rows, width, sum, q, dq);
}
void ksr_distances_l1(long rows, long columns, long width, const float *q, const float *x,
                      float *d) {
  kernels()->distances_l1(rows, columns, width, q, x, d);
}
void ksr_gradient_l1(long rows, long columns, long width, const float *q, const float *x,
                     const float *c, float *dq, float *dx) {
  kernels()->gradient_l1(rows, columns, width, q, x, c, dq, dx);
}
double ksr_ranking_loss(long rows, long columns, ksr_ranking_loss_settings settings,
                        const float *p, const float *d, float *c, float *dp) {
  return kernels()->ranking_loss(rows, columns, settings, p, d, c, dp);
}
void ksr_adagrad_step(long count, float rate, float epsilon, float *parameter,
                      const float *gradient, float *squares) {
  kernels()->adagrad_step(count, rate, epsilon, parameter, gradient, squares);
}
void ksr_add_scaled(long count, float a, const float *x, float *y) {
  kernels()->add_scaled(count, a, x, y);
}
