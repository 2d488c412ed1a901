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

// One number of each of 16 rows.
typedef float ksr_lane16 __attribute__((vector_size(64), aligned(4)));

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
static _Thread_local const struct ksr_kernels *chosen_here;

const struct ksr_kernels *ksr_kernels(void) {
  if (chosen_here) return chosen_here;
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
  if (kernels) chosen_here = kernels;
  return kernels != NULL;
}

#define KERNEL(result, name, parameters, arguments) \
  result ksr_##name parameters { return ksr_kernels()->name arguments; }
#include "kernels.def"
#undef KERNEL
