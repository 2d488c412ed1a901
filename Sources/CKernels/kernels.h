// The table through which the chosen path's kernels are called.
#ifndef KSR_KERNELS_PRIVATE_H
#define KSR_KERNELS_PRIVATE_H

#include "CKernels.h"

struct ksr_kernels {
  const char *name;
  void (*sgemm)(bool, bool, long, long, long, const float *, long, const float *, long, float,
                float *, long);
#define KERNEL(result, name, parameters, arguments) result(*name) parameters;
#include "kernels.def"
#undef KERNEL
};

// The kernels of the path in use.
const struct ksr_kernels *ksr_kernels(void);

#endif
