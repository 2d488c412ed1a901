// Compiles kernels.inc for every path and chooses one.
#include "kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Memory for one matrix product; running out of it leaves nothing sensible to do.
static float *ksr_scratch(size_t count) {
  float *memory = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (!memory) abort();
  return memory;
}

#define FN(name) name##_portable
#define LANES 4
#define MR 4
#define PATH_NAME "portable"
#include "kernels.inc"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define FN(name) name##_avx2
#define LANES 8
#define MR 6
#define PATH_NAME "avx2"
#include "kernels.inc"
#pragma clang attribute pop

#pragma clang attribute push(                                                    \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#define FN(name) name##_avx512
#define LANES 16
#define MR 8
#define PATH_NAME "avx512"
#include "kernels.inc"
#pragma clang attribute pop
#endif

static const struct ksr_kernels *named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (!strcmp(name, "avx2") && avx2) return &table_avx2;
  if (!strcmp(name, "avx512") && avx2 && __builtin_cpu_supports("avx512f")
      && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
      && __builtin_cpu_supports("avx512bw"))
    return &table_avx512;
#endif
  return strcmp(name, "portable") ? NULL : &table_portable;
}

static _Atomic(const struct ksr_kernels *) chosen;

const struct ksr_kernels *ksr_kernels(void) {
  const struct ksr_kernels *kernels = atomic_load_explicit(&chosen, memory_order_acquire);
  if (kernels) return kernels;
  const char *wanted = getenv("KSR_KERNEL");
  if (wanted) kernels = named(wanted);
  if (!kernels) kernels = named("avx512");
  if (!kernels) kernels = named("avx2");
  if (!kernels) kernels = &table_portable;
  atomic_store_explicit(&chosen, kernels, memory_order_release);
  return kernels;
}

const char *ksr_kernel_path(void) { return ksr_kernels()->name; }

unsigned ksr_kernel_paths_available(void) {
  return 1u | (named("avx2") ? 2u : 0u) | (named("avx512") ? 4u : 0u);
}

bool ksr_kernel_select(const char *path) {
  const struct ksr_kernels *kernels = named(path);
  if (kernels) atomic_store_explicit(&chosen, kernels, memory_order_release);
  return kernels != NULL;
}

void ksr_matvec(long rows, long columns, const float *w, long ldw, const float *x,
                const float *bias, float *y) {
  ksr_kernels()->matvec(rows, columns, w, ldw, x, bias, y);
}
void ksr_exp(long count, float *x) { ksr_kernels()->exp(count, x); }
void ksr_sigmoid(long count, float *x) { ksr_kernels()->sigmoid(count, x); }
void ksr_tanh(long count, float *x) { ksr_kernels()->tanh(count, x); }
void ksr_gru_step(long rows, long hidden, float *xg, const float *hg, const float *h_prev,
                  float *hn, float *h) {
  ksr_kernels()->gru_step(rows, hidden, xg, hg, h_prev, hn, h);
}
void ksr_gru_step_gradient(long rows, long hidden, float *gates, const float *hn,
                           const float *h_prev, const float *dh, float *dhg, float *dh_prev) {
  ksr_kernels()->gru_step_gradient(rows, hidden, gates, hn, h_prev, dh, dhg, dh_prev);
}
void ksr_softmax(long rows, long columns, float scale, float *x) {
  ksr_kernels()->softmax(rows, columns, scale, x);
}
void ksr_softmax_gradient(long rows, long columns, float scale, const float *y, float *dy) {
  ksr_kernels()->softmax_gradient(rows, columns, scale, y, dy);
}
double ksr_cross_entropy(long rows, long columns, float *logits, const int32_t *target,
                         float *inverse) {
  return ksr_kernels()->cross_entropy(rows, columns, logits, target, inverse);
}
void ksr_softmax_statistics(long rows, long columns, long first, const float *logits,
                            const int32_t *target, float *largest, float *sum, float *of_target) {
  ksr_kernels()->softmax_statistics(rows, columns, first, logits, target, largest, sum, of_target);
}
void ksr_exp_rows(long rows, long columns, const float *largest, float *logits) {
  ksr_kernels()->exp_rows(rows, columns, largest, logits);
}
void ksr_scale_rows(long rows, long width, float scale, const float *factor, const float *x,
                    float *y) {
  ksr_kernels()->scale_rows(rows, width, scale, factor, x, y);
}
void ksr_target_gradient(long rows, long width, float scale, const int32_t *target, const float *p,
                         const float *q, float *dp, float *dq) {
  ksr_kernels()->target_gradient(rows, width, scale, target, p, q, dp, dq);
}
double ksr_bpr(long rows, long width, long count, const float *p, const float *q,
               const int32_t *positive, const int32_t *negative, float scale, float *dp,
               float *dq) {
  return ksr_kernels()->bpr(rows, width, count, p, q, positive, negative, scale, dp, dq);
}
void ksr_memory_write(long relations, long width, const float *e, const float *keys, float *v,
                      float *z) {
  ksr_kernels()->memory_write(relations, width, e, keys, v, z);
}
void ksr_memory_sequence(long steps, long relations, long width, const int32_t *item,
                         const float *entity, const float *keys, const int32_t *scored,
                         const float *alpha, float *m, float *z, float *v) {
  ksr_kernels()->memory_sequence(steps, relations, width, item, entity, keys, scored, alpha, m, z,
                                 v);
}
void ksr_memory_sequence_gradient(long steps, long relations, long width, const int32_t *item,
                                  const float *entity, const float *keys, const int32_t *scored,
                                  const float *z, const float *dm, float *dalpha, float *v) {
  ksr_kernels()->memory_sequence_gradient(steps, relations, width, item, entity, keys, scored, z,
                                          dm, dalpha, v);
}
void ksr_memory_sequence_full_gradient(long steps, long relations, long width, const int32_t *item,
                                       const float *entity, const float *keys,
                                       const int32_t *scored, const float *alpha, const float *z,
                                       const float *dm, float *dalpha, float *de, float *v) {
  ksr_kernels()->memory_sequence_full_gradient(steps, relations, width, item, entity, keys, scored,
                                               alpha, z, dm, dalpha, de, v);
}
void ksr_adam_step(long count, ksr_adam settings, float *parameter, const float *gradient,
                   float *mean, float *variance) {
  ksr_kernels()->adam_step(count, settings, parameter, gradient, mean, variance);
}
void ksr_count_above(long count, const float *scores, float value, long *greater, long *equal) {
  ksr_kernels()->count_above(count, scores, value, greater, equal);
}
void ksr_gather_rows(long rows, long width, const float *table, const int32_t *index, float *x) {
  ksr_kernels()->gather_rows(rows, width, table, index, x);
}
void ksr_scatter_add(long rows, long width, const int32_t *index, long first, long end,
                     const float *x, float *table) {
  ksr_kernels()->scatter_add(rows, width, index, first, end, x, table);
}
void ksr_add_rows(long rows, long width, const float *x, float *sum) {
  ksr_kernels()->add_rows(rows, width, x, sum);
}
void ksr_dropout(long count, uint64_t seed, float probability, float *x) {
  ksr_kernels()->dropout(count, seed, probability, x);
}
void ksr_transpose(long rows, long columns, const float *x, long ldx, float *y, long ldy) {
  ksr_kernels()->transpose(rows, columns, x, ldx, y, ldy);
}
void ksr_take(long count, float *x, float *y) { ksr_kernels()->take(count, x, y); }
void ksr_add(long count, const float *x, float *y) { ksr_kernels()->add(count, x, y); }
void ksr_approach(long count, float rate, const float *x, float *y) {
  ksr_kernels()->approach(count, rate, x, y);
}
double ksr_sum_of_squares(long count, const float *x) {
  return ksr_kernels()->sum_of_squares(count, x);
}
