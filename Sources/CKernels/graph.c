// Compiles graph.inc for every path and calls the one that kernels.c has chosen.
#include "kernels.h"

#include <stdlib.h>

struct graph_kernels {
#define KERNEL(result, name, parameters, arguments) result(*name) parameters;
#include "graph.def"
#undef KERNEL
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

#define KERNEL(result, name, parameters, arguments) \
  result ksr_##name parameters { return kernels()->name arguments; }
#include "graph.def"
#undef KERNEL
