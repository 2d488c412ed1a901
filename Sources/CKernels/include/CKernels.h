// The arithmetic that has to be fast: matrix products and the fused element-wise parts of KSR.
//
// Every kernel exists in three builds of the same source (kernels.inc, graph.inc): AVX-512, AVX2 with
// FMA, and portable. One is chosen when it is first needed, by what the processor can do, or by
// KSR_KERNEL=portable|avx2|avx512. Matrix products go to oneDNN where its library is found, else to
// the plain one in kernels.inc; KSR_SGEMM=plain forces the second.
//
// All matrices are row-major. Nothing here allocates but the plain sgemm and distances_l1; nothing keeps state.
#ifndef KSR_CKERNELS_H
#define KSR_CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

// The path in use: "avx512", "avx2" or "portable".
const char *ksr_kernel_path(void);
// The paths this machine can run, as a bit set: 1 portable, 2 avx2, 4 avx512.
unsigned ksr_kernel_paths_available(void);
// For tests: this thread uses one path ("portable", "avx2", "avx512") from now on; false if it cannot
// run here.
bool ksr_kernel_select(const char *path);
// The library behind ksr_sgemm: "oneDNN 2.6.0" or "plain".
const char *ksr_sgemm_library(void);
// For tests: whether ksr_sgemm may use oneDNN on this thread.
void ksr_sgemm_use_library(bool use);

// C[m,n] = A[m,k] B[k,n] + beta C; A is stored [k,m] where trans_a, B [n,k] where trans_b.
void ksr_sgemm(bool trans_a, bool trans_b, long m, long n, long k, const float *a, long lda,
               const float *b, long ldb, float beta, float *c, long ldc);

// What a step of Adam needs; the corrections are 1/(1 − beta^step).
typedef struct {
  float rate, beta1, beta2, epsilon, correction1, correction2;
  float weight_decay;     // added to the gradient (Adam)
  float parameter_decay;  // taken off the parameter, times the rate (AdamW)
} ksr_adam;

// What steps of Adam without a gradient do to a number θ with the moments m and v, and to its mean ā:
// both move along u = m / (√v + epsilon), so that all the steps together are one map.
typedef struct {
  float keep, drift;                               // θ ← keep θ − drift u
  float average_keep, average_take, average_drift; // ā ← average_keep ā + average_take θ − average_drift u
  float mean_keep, variance_keep;                  // m and v times β1 and β2 to the number of steps
  float epsilon;
} ksr_adam_lag;

// What a true triple at distance `p` should be nearer than: corrupted ones at distances d_n.
enum { KSR_LOSS_MARGIN = 0, KSR_LOSS_SELF_ADVERSARIAL = 1, KSR_LOSS_SOFTMAX = 2 };
//   margin             mean_n max(0, γ + p − d_n)
//   self-adversarial   ½ (−log σ(γ − p) − Σ_n w_n log σ(d_n − γ)),  w = softmax(−temperature · d), a constant
//   softmax            −log(e^−p / (e^−p + Σ_n e^−d_n))
typedef struct {
  int32_t kind;
  float margin, temperature;
  float scale;  // of the gradient
} ksr_ranking_loss_settings;
// A distance of at least this does not count.
#define KSR_MASKED 1e30f

// The kernels stand in two tables, kernels.def and graph.def, each with its equation, who owns what
// and what is added to: here they are declared, in kernels.h they become members of a table of
// functions, and in kernels.c and graph.c calls through the one that was chosen.
#define KERNEL(result, name, parameters, arguments) result ksr_##name parameters;
#include "kernels.def"
#include "graph.def"
#undef KERNEL

#endif
