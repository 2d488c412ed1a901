#ifndef KSR_CTERMINAL_H
#define KSR_CTERMINAL_H
#endif
