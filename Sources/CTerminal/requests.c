#define _GNU_SOURCE
#include "requests.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "CTerminal.h"

static struct sigaction previous_stop, previous_continue;
static sigset_t previous_mask;
static volatile sig_atomic_t wants_suspend, has_resumed, ended_by;
static int end_event = -1;

// How long the loop may take to come to ksr_terminal_end.
enum { SECONDS_TO_END = 3 };

static void on_request(int signal_number) {
  if (signal_number == SIGTSTP) wants_suspend = 1;
  if (signal_number == SIGCONT) has_resumed = 1;
}

int ksr_requests_end(int signal_number) {
  if ((signal_number != SIGTERM && signal_number != SIGHUP) || ended_by || end_event < 0) return 0;
  ended_by = signal_number;
  // Any thread may have been given the signal; this wakes the one that waits.
  eventfd_write(end_event, 1);
  alarm(SECONDS_TO_END);
  return 1;
}

int ksr_requests_ended_by(void) { return ended_by; }

static void add_screen_signals(sigset_t *set) {
  sigaddset(set, SIGWINCH);
  sigaddset(set, SIGTSTP);
  sigaddset(set, SIGCONT);
}

void ksr_requests_install(void) {
  if (end_event < 0) end_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_request;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTSTP, &action, &previous_stop);
  sigaction(SIGCONT, &action, &previous_continue);
  sigset_t blocked;
  sigemptyset(&blocked);
  add_screen_signals(&blocked);
  pthread_sigmask(SIG_BLOCK, &blocked, &previous_mask);
}

void ksr_requests_uninstall(void) {
  alarm(0);
  sigaction(SIGTSTP, &previous_stop, NULL);
  sigaction(SIGCONT, &previous_continue, NULL);
  pthread_sigmask(SIG_SETMASK, &previous_mask, NULL);
}

int ksr_terminal_wait(int fd, int wake, int milliseconds) {
  // A descriptor below 0 is passed over.
  struct pollfd files[3] = {{.fd = fd, .events = POLLIN},
                            {.fd = wake, .events = POLLIN},
                            {.fd = end_event, .events = POLLIN}};
  struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
  // The process may have been started with these blocked, so the mask is made, not kept.
  sigset_t open;
  pthread_sigmask(SIG_BLOCK, NULL, &open);
  sigdelset(&open, SIGWINCH);
  sigdelset(&open, SIGTSTP);
  sigdelset(&open, SIGCONT);
  int count = ppoll(files, 3, milliseconds < 0 ? NULL : &time, &open);
  if (count <= 0) return 0;
  int ready = 0;
  if (files[1].revents & POLLIN) ready |= 2;
  if (files[0].revents == 0) return ready;
  // A terminal that has hung up can be read for ever: there is never a byte.
  int bytes = 0;
  if (ioctl(fd, FIONREAD, &bytes) != 0 || bytes == 0) return -1;
  return ready | 1;
}

int ksr_terminal_take_requests(void) {
  int requests = 0;
  if (wants_suspend) requests |= KSR_TERMINAL_SUSPEND;
  if (has_resumed) requests |= KSR_TERMINAL_RESUMED;
  if (ended_by) requests |= KSR_TERMINAL_END;
  // Neither can be set meanwhile: outside of waiting and stopping their signals are blocked.
  wants_suspend = 0;
  has_resumed = 0;
  return requests;
}

void ksr_terminal_stop(void) {
  // With the default action, not SIGSTOP: where nobody could wake the process, nothing happens.
  struct sigaction action, mine;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTSTP, &action, &mine);
  sigset_t open, before;
  sigemptyset(&open);
  sigaddset(&open, SIGTSTP);
  sigaddset(&open, SIGCONT);
  pthread_sigmask(SIG_UNBLOCK, &open, &before);
  raise(SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  sigaction(SIGTSTP, &mine, NULL);
}

int ksr_terminal_size(int fd, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}
