// Signals that the program's loop answers by itself: stop, go on, another size.
#ifndef KSR_CTERMINAL_REQUESTS_H
#define KSR_CTERMINAL_REQUESTS_H

void ksr_requests_install(void);
void ksr_requests_uninstall(void);

// Takes SIGTERM or SIGHUP as a request that the loop ends the program. Returns 0 for any other signal,
// and for a second one. Async-signal-safe.
int ksr_requests_end(int signal_number);

// The signal that was taken so, or 0.
int ksr_requests_ended_by(void);

#endif
