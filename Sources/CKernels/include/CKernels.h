#ifndef KSR_CKERNELS_H
#define KSR_CKERNELS_H
#endif
