// Signals that the program's loop answers by itself: stop, go on, another size.
#ifndef KSR_CTERMINAL_REQUESTS_H
#define KSR_CTERMINAL_REQUESTS_H

void ksr_requests_install(void);
void ksr_requests_uninstall(void);

#endif
