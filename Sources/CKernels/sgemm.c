// Matrix products: oneDNN where its library is on the machine, else the plain kernel.
#include "kernels.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int (*dnnl_sgemm_function)(char, char, int64_t, int64_t, int64_t, float, const float *,
                                   int64_t, const float *, int64_t, float, float *, int64_t);

static dnnl_sgemm_function dnnl_sgemm;
static void (*omp_set_num_threads)(int);
static char library[64] = "plain";
static _Thread_local bool allowed = true;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_library(void) {
  const char *wanted = getenv("KSR_SGEMM");
  if (wanted && !strcmp(wanted, "plain")) return;
  const char *names[] = {"libdnnl.so.3", "libdnnl.so.2"};
  void *handle = NULL;
  for (int i = 0; i < 2 && !handle; i++) handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!handle) return;
  dnnl_sgemm_function function = (dnnl_sgemm_function)dlsym(handle, "dnnl_sgemm");
  void (*set_threads)(int) = (void (*)(int))dlsym(handle, "omp_set_num_threads");
  // Without a way to ask for one thread the product would start its own beside our shards.
  if (!function || !set_threads) return;
  typedef struct { int major, minor, patch; } version_head;
  const version_head *(*version)(void) = (const version_head *(*)(void))dlsym(handle,
                                                                              "dnnl_version");
  if (version)
    snprintf(library, sizeof library, "oneDNN %d.%d.%d", version()->major, version()->minor,
             version()->patch);
  else
    snprintf(library, sizeof library, "oneDNN");
  omp_set_num_threads = set_threads;
  dnnl_sgemm = function;
}

// Loading it takes longer than many products: not before one is asked for.
static bool library_is_there(void) {
  pthread_once(&once, find_library);
  return dnnl_sgemm != NULL;
}

const char *ksr_sgemm_library(void) {
  return allowed && library_is_there() ? library : "plain";
}

void ksr_sgemm_use_library(bool use) { allowed = use; }

void ksr_sgemm(bool trans_a, bool trans_b, long m, long n, long k, const float *a, long lda,
               const float *b, long ldb, float beta, float *c, long ldc) {
  if (m <= 0 || n <= 0) return;
  if (k > 0 && allowed && library_is_there()) {
    static _Thread_local bool single;
    if (!single) {
      omp_set_num_threads(1);
      single = true;
    }
    if (dnnl_sgemm(trans_a ? 'T' : 'N', trans_b ? 'T' : 'N', m, n, k, 1.0f, a, lda, b, ldb, beta, c,
                   ldc)
        == 0)
      return;
  }
  ksr_kernels()->sgemm(trans_a, trans_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
}
