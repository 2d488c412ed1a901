// Gives the terminal back, whatever ends or stops the process.
#ifndef KSR_CTERMINAL_H
#define KSR_CTERMINAL_H

// What a signal asks the program's loop to do; see ksr_terminal_take_requests.
enum {
  KSR_TERMINAL_SUSPEND = 1,  // SIGTSTP: leave the screen and stop
  KSR_TERMINAL_RESUMED = 2,  // SIGCONT: the terminal may have been changed meanwhile
  KSR_TERMINAL_END = 4,      // SIGTERM or SIGHUP: keep what is to be kept, then ksr_terminal_end
};

// Remembers how the terminal `fd` is set up now and, from now on, gives it back so before a signal
// ends the process: `leave` (at most 511 bytes, copied) is written to it, its settings are restored,
// and then the signal goes on to whoever had it before. Call it before the terminal is changed.
// Meanwhile messages to a standard error that is a terminal are held back, so that they neither
// spoil the screen nor get lost with it. Returns 0, or an errno.
int ksr_terminal_install(int fd, const char *leave);

// Replaces what is written to the terminal before the process ends.
void ksr_terminal_set_leave(const char *leave);

// Puts the previous signal handlers back and lets the messages out. The screen must have been left.
void ksr_terminal_uninstall(void);

// Ends the process by the signal that asked for KSR_TERMINAL_END, if one did. The screen must have been
// left. A process that does not come to this within 3 s of the signal, or gets a second one, is ended
// as by other signals.
void ksr_terminal_end(void);

// Waits until `fd` can be read, `wake` (or -1) can be read, a signal arrives, or the time is over;
// a negative time has no end. Signals that change the screen (SIGWINCH, SIGTSTP, SIGCONT) arrive
// only here, so none can be missed. Returns 1 if `fd` can be read, 2 if `wake` can, 3 if both can,
// 0 otherwise, -1 if the terminal is gone: hung up, or at the end of its input.
int ksr_terminal_wait(int fd, int wake, int milliseconds);

// What signals have asked for since the last call, as KSR_TERMINAL_… bits.
int ksr_terminal_take_requests(void);

// Stops the process as Ctrl-Z does, and returns when it goes on. The screen must have been left.
void ksr_terminal_stop(void);

// Asks the terminal for its size. Returns 0, or -1 if it does not know.
int ksr_terminal_size(int fd, int *columns, int *rows);

#endif
