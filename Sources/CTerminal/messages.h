// Messages to standard error while the screen is in use.
#ifndef KSR_CTERMINAL_MESSAGES_H
#define KSR_CTERMINAL_MESSAGES_H

void ksr_messages_hold(void);

// Async-signal-safe.
void ksr_messages_release(void);

#endif
