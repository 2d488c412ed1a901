// The table through which the chosen path's kernels are called.
#ifndef KSR_KERNELS_PRIVATE_H
#define KSR_KERNELS_PRIVATE_H

#include "CKernels.h"

struct ksr_kernels {
  const char *name;
  void (*sgemm)(bool, bool, long, long, long, const float *, long, const float *, long, float,
                float *, long);
  void (*matvec)(long, long, const float *, long, const float *, const float *, float *);
  void (*exp)(long, float *);
  void (*sigmoid)(long, float *);
  void (*tanh)(long, float *);
  void (*gru_step)(long, long, float *, const float *, const float *, float *, float *);
  void (*gru_step_gradient)(long, long, float *, const float *, const float *, const float *,
                            float *, float *);
  void (*softmax)(long, long, float, float *);
  void (*softmax_gradient)(long, long, float, const float *, float *);
  double (*cross_entropy)(long, long, float *, const int32_t *, float *);
  void (*softmax_statistics)(long, long, long, const float *, const int32_t *, float *, float *,
                             float *);
  void (*exp_rows)(long, long, const float *, float *);
  void (*scale_rows)(long, long, float, const float *, const float *, float *);
  void (*target_gradient)(long, long, float, const int32_t *, const float *, const float *,
                          float *, float *);
  double (*bpr)(long, long, long, const float *, const float *, const int32_t *, const int32_t *,
                float, float *, float *);
  void (*memory_write)(long, long, const float *, const float *, float *, float *);
  void (*memory_sequence)(long, long, long, const int32_t *, const float *, const float *,
                          const int32_t *, const float *, float *, float *, float *);
  void (*memory_sequence_gradient)(long, long, long, const int32_t *, const float *, const float *,
                                   const int32_t *, const float *, const float *, float *,
                                   float *);
  void (*memory_sequence_full_gradient)(long, long, long, const int32_t *, const float *,
                                        const float *, const int32_t *, const float *,
                                        const float *, const float *, float *, float *, float *);
  void (*adam_step)(long, ksr_adam, float *, const float *, float *, float *);
  void (*count_above)(long, const float *, float, long *, long *);
  void (*gather_rows)(long, long, const float *, const int32_t *, float *);
  void (*scatter_add)(long, long, const int32_t *, long, long, const float *, float *);
  void (*add_rows)(long, long, const float *, float *);
  void (*dropout)(long, uint64_t, float, float *);
  void (*transpose)(long, long, const float *, long, float *, long);
  void (*take)(long, float *, float *);
  void (*add)(long, const float *, float *);
  void (*approach)(long, float, const float *, float *);
  double (*sum_of_squares)(long, const float *);
};

// The kernels of the path in use.
const struct ksr_kernels *ksr_kernels(void);

#endif
