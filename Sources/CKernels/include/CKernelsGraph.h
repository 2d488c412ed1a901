// The arithmetic of graph embeddings: distances between rows, losses over them, and their gradients.
//
// The builds and the choice among them are those of CKernels.h. All matrices are row-major and dense
// unless a stride is given. Nothing here keeps state; ksr_distances_l1 allocates.
#ifndef KSR_CKERNELS_GRAPH_H
#define KSR_CKERNELS_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

// out[rows,width] = table[from] + sign · table[by]: what a true triple puts the other entity at.
void ksr_translate_rows(long rows, long width, const float *table, const int32_t *from,
                        const int32_t *by, const float *sign, float *out);
// out[rows] = Σ x² by rows
void ksr_row_squares(long rows, long width, const float *x, float *out);

// Distances of row b of q to row b of y, as a sum of absolute differences (l1) or Euclidean.
void ksr_pair_distances(long rows, long width, bool l1, const float *q, const float *y, float *d);
// Their gradient: dq += c · ∂d/∂q, dy = c · ∂d/∂y; where d is 0, that of the Euclidean one is 0.
void ksr_pair_gradient(long rows, long width, bool l1, const float *q, const float *y,
                       const float *d, const float *c, float *dq, float *dy);

// Euclidean distances of all rows of q to all rows of x: d[rows,columns] holds q·x on entry, qq and
// xx the squared lengths.
void ksr_distances_l2(long rows, long columns, const float *qq, const float *xx, float *d);
// Makes c = dLoss/dd into what matrix products need: c ← c/d, with its sums over rows and columns.
//   dq_b = row_sum_b q_b − Σ_n c_bn x_n        dx_n = column_sum_n x_n − Σ_b c_bn q_b
void ksr_gradient_l2(long rows, long columns, const float *d, float *c, float *row_sum,
                     float *column_sum);
// dq[rows,width] ← sum[rows] · q − dq
void ksr_scaled_minus(long rows, long width, const float *sum, const float *q, float *dq);

// Sums of absolute differences of all rows of q to all rows of x: d[rows,columns].
void ksr_distances_l1(long rows, long columns, long width, const float *q, const float *x,
                      float *d);
// Their gradient for c = dLoss/dd, added to dq and dx; an absolute value of 0 counts as rising.
// `width` must be a multiple of 16.
void ksr_gradient_l1(long rows, long columns, long width, const float *q, const float *x,
                     const float *c, float *dq, float *dx);

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
// Returns the loss summed over rows; c[rows,columns] and dp[rows] receive scale · its gradient.
double ksr_ranking_loss(long rows, long columns, ksr_ranking_loss_settings settings,
                        const float *p, const float *d, float *c, float *dp);

// One step of Adagrad with one step size for the whole row:
//   square += mean(gradient²)      parameter −= rate · gradient / (√square + epsilon)
void ksr_adagrad_step(long count, float rate, float epsilon, float *parameter,
                      const float *gradient, float *square);
// y += a · x
void ksr_add_scaled(long count, float a, const float *x, float *y);

#endif
