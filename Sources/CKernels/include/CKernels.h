// The arithmetic that has to be fast: matrix products and the fused element-wise parts of KSR.
//
// Every kernel exists in three builds of the same source (kernels.inc): AVX-512, AVX2 with FMA, and
// portable. One is chosen when it is first needed, by what the processor can do, or by
// KSR_KERNEL=portable|avx2|avx512. Matrix products go to oneDNN where its library is found, else to
// the plain one in kernels.inc; KSR_SGEMM=plain forces the second.
//
// All matrices are row-major. Nothing here allocates but the plain sgemm; nothing keeps state.
#ifndef KSR_CKERNELS_H
#define KSR_CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "CKernelsGraph.h"

// The path in use: "avx512", "avx2" or "portable".
const char *ksr_kernel_path(void);
// The paths this machine can run, as a bit set: 1 portable, 2 avx2, 4 avx512.
unsigned ksr_kernel_paths_available(void);
// For tests: use one path ("portable", "avx2", "avx512") from now on; false if it cannot run here.
bool ksr_kernel_select(const char *path);
// The library behind ksr_sgemm: "oneDNN 2.6.0" or "plain".
const char *ksr_sgemm_library(void);
// Whether ksr_sgemm may use oneDNN. A program that has few products to make starts sooner without.
void ksr_sgemm_use_library(bool use);

// C[m,n] = A[m,k] B[k,n] + beta C; A is stored [k,m] where trans_a, B [n,k] where trans_b.
void ksr_sgemm(bool trans_a, bool trans_b, long m, long n, long k, const float *a, long lda,
               const float *b, long ldb, float beta, float *c, long ldc);

// y[rows] = W[rows,columns] x (+ bias where not NULL).
void ksr_matvec(long rows, long columns, const float *w, long ldw, const float *x,
                const float *bias, float *y);

// x[i] = e^x[i], 1/(1+e^-x[i]), tanh x[i]
void ksr_exp(long count, float *x);
void ksr_sigmoid(long count, float *x);
void ksr_tanh(long count, float *x);

// One GRU step for `rows` sequences (PyTorch's GRU, gates in the order reset, update, new):
//   r = σ(xg_r + hg_r)   u = σ(xg_u + hg_u)   n = tanh(xg_n + r·hg_n)   h = (1 − u)·n + u·h_prev
// xg[rows,3H] holds W_ih x on entry and r, u, n on return; hg[rows,3H] holds W_hh h_prev (NULL: zero).
// hg_n is kept in hn[rows,H] (where not NULL) for the backward pass. h_prev NULL: zero.
void ksr_gru_step(long rows, long hidden, float *xg, const float *hg, const float *h_prev,
                  float *hn, float *h);
// Its gradient from dh[rows,H] = dLoss/dh. gates[rows,3H] holds r, u, n on entry and dLoss/d(W_ih x)
// on return; dhg[rows,3H] receives dLoss/d(W_hh h_prev). The direct part u·dh of dLoss/dh_prev is
// added to dh_prev[rows,H] (where not NULL). h_prev NULL: zero.
void ksr_gru_step_gradient(long rows, long hidden, float *gates, const float *hn,
                           const float *h_prev, const float *dh, float *dhg, float *dh_prev);

// Each row of x becomes softmax(scale · row).
void ksr_softmax(long rows, long columns, float scale, float *x);
// dx = scale · y ⊙ (dy − Σ y·dy) by rows: the gradient of ksr_softmax; dy is overwritten with dx.
void ksr_softmax_gradient(long rows, long columns, float scale, const float *y, float *dy);

// Cross-entropy by rows: logits[rows,columns] becomes e^(logit − largest of the row), inverse[rows]
// 1/Σ of these; returns Σ (log Σ e^logit − logit of the target).
//
// Scaling and one-hot of the gradient inverse·e^… − one-hot are left to the products it enters, whose
// rows are as wide as an item vector and not as the catalogue (ksr_scale_rows, ksr_target_gradient).
double ksr_cross_entropy(long rows, long columns, float *logits, const int32_t *target,
                         float *inverse);

// The same for a catalogue walked in tiles of columns first ..< first + columns. First, for each tile
// in turn, what softmax needs: the largest logit so far, Σ e^(logit − largest), and the target's
// logit. `largest` starts at −∞ and `sum` at 0.
void ksr_softmax_statistics(long rows, long columns, long first, const float *logits,
                            const int32_t *target, float *largest, float *sum, float *of_target);
// Then, for each tile again, logits become e^(logit − largest of the row).
void ksr_exp_rows(long rows, long columns, const float *largest, float *logits);

// y_b = scale · factor_b · x_b by rows of width; y may be x.
void ksr_scale_rows(long rows, long width, float scale, const float *factor, const float *x,
                    float *y);
// The one-hot part of the gradient of `scale` · cross-entropy, for logits p · q:
//   dp_b −= scale · q[target_b]    dq[target_b] −= scale · p_b
void ksr_target_gradient(long rows, long width, float scale, const int32_t *target, const float *p,
                         const float *q, float *dp, float *dq);

// Bayesian personalised ranking by rows of p[rows,width], with `count` negatives for each row:
//   loss = −log(1e-10 + σ(s⁺ − s⁻)) summed over rows and negatives, s = p · q
// dp receives and dq (rows by item) gets added the gradient of scale · loss; returns it unscaled.
double ksr_bpr(long rows, long width, long count, const float *p, const float *q,
               const int32_t *positive, const int32_t *negative, float scale, float *dp, float *dq);

// One write to the memory v[R,K] with the entity vector e[K]:
//   w_a = e + r_a    z_a = σ(v_a · w_a)    v_a ← v_a + z_a (w_a − v_a)
void ksr_memory_write(long relations, long width, const float *e, const float *keys, float *v,
                      float *z);
// A sequence of writes from v = 0 and reads. At each step t: write entity[item[t]], then, where
// scored[t] >= 0, read m[scored[t]] = Σ_a alpha[scored[t],a] v_a. z[steps,R] receives the gates.
void ksr_memory_sequence(long steps, long relations, long width, const int32_t *item,
                         const float *entity, const float *keys, const int32_t *scored,
                         const float *alpha, float *m, float *z, float *v);
// The gradient of its reads with respect to alpha, the memory being a constant:
//   dalpha[scored[t],a] = v_a · dm[scored[t]]
void ksr_memory_sequence_gradient(long steps, long relations, long width, const int32_t *item,
                                  const float *entity, const float *keys, const int32_t *scored,
                                  const float *z, const float *dm, float *dalpha, float *v);

// The same where the entity vectors are trained: gradients through reads, writes and gates.
//   dv_a += alpha_a dm    dz_a = dv_a · (w_a − v_a)    ds_a = dz_a z_a (1 − z_a)
//   de += Σ_a z_a dv_a + ds_a v_a    dv_a ← (1 − z_a) dv_a + ds_a w_a        (v_a before the write)
// de[steps,K] receives dLoss/de by step. v is scratch of (steps + 2)·R·K.
void ksr_memory_sequence_full_gradient(long steps, long relations, long width, const int32_t *item,
                                       const float *entity, const float *keys,
                                       const int32_t *scored, const float *alpha, const float *z,
                                       const float *dm, float *dalpha, float *de, float *v);

// One step of Adam on `count` parameters; the corrections are 1/(1 − beta^step).
typedef struct {
  float rate, beta1, beta2, epsilon, correction1, correction2;
  float weight_decay;     // added to the gradient (Adam)
  float parameter_decay;  // taken off the parameter, times the rate (AdamW)
} ksr_adam;
void ksr_adam_step(long count, ksr_adam settings, float *parameter, const float *gradient,
                   float *mean, float *variance);

// How many of the scores are greater than `value`, and how many equal it.
void ksr_count_above(long count, const float *scores, float value, long *greater, long *equal);

// x[b] = table[index[b]] by rows of width.
void ksr_gather_rows(long rows, long width, const float *table, const int32_t *index, float *x);
// table[index[b]] += x[b] for the rows whose index is in first ..< end.
void ksr_scatter_add(long rows, long width, const int32_t *index, long first, long end,
                     const float *x, float *table);
// sum += Σ_b x[b] by rows of width.
void ksr_add_rows(long rows, long width, const float *x, float *sum);
// Each x[i] becomes 0 with the given probability, else x[i] / (1 − probability). What becomes of it
// follows from i and the seed alone, so the same call on a gradient is the backward pass.
void ksr_dropout(long count, uint64_t seed, float probability, float *x);
// y[columns,rows] = x[rows,columns] with rows and columns exchanged.
void ksr_transpose(long rows, long columns, const float *x, long ldx, float *y, long ldy);
// y += x, x = 0
void ksr_take(long count, float *x, float *y);
// y += x
void ksr_add(long count, const float *x, float *y);
// y += rate · (x − y)
void ksr_approach(long count, float rate, const float *x, float *y);
// Σ x²
double ksr_sum_of_squares(long count, const float *x);

#endif
