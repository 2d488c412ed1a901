// Handlers for signals that end the process. Only async-signal-safe functions are called in them.
#include "CTerminal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "messages.h"
#include "requests.h"

static const int ending[] = {SIGILL,  SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,
                             SIGSEGV, SIGTERM, SIGHUP,  SIGQUIT, SIGINT,  SIGALRM};
enum { ENDING = sizeof ending / sizeof *ending };

static struct sigaction previous[ENDING];
static struct termios saved;
static int terminal = -1;
static int is_installed;
static char leave_bytes[512];
static size_t leave_length;
static atomic_flag is_given_back = ATOMIC_FLAG_INIT;
static void *alternate_stack;

static void write_all(const char *bytes, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t count = write(terminal, bytes + done, length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    done += (size_t)count;
  }
}

static void give_back(void) {
  if (atomic_flag_test_and_set(&is_given_back)) return;
  // From the background these two would stop the process instead.
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  write_all(leave_bytes, leave_length);
  tcsetattr(terminal, TCSANOW, &saved);
  ksr_messages_release();
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_ending(int signal_number, siginfo_t *info, void *context) {
  int error = errno;
  if (ksr_requests_end(signal_number)) {
    errno = error;
    return;
  }
  if (signal_number == SIGALRM) signal_number = ksr_requests_ended_by();
  give_back();
  struct sigaction old;
  memset(&old, 0, sizeof old);
  old.sa_handler = SIG_DFL;
  for (int i = 0; i < ENDING; i++) {
    if (ending[i] == signal_number) old = previous[i];
  }
  sigaction(signal_number, &old, NULL);
  errno = error;
  int has_handler = (old.sa_flags & SA_SIGINFO) || (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN);
  if (has_handler) {
    // Called from here it sees the fault as it was: where, and why.
    if (old.sa_flags & SA_SIGINFO) {
      old.sa_sigaction(signal_number, info, context);
    } else {
      old.sa_handler(signal_number);
    }
    return;
  }
  int is_fault = info->si_code > 0 && (signal_number == SIGILL || signal_number == SIGBUS ||
                                       signal_number == SIGFPE || signal_number == SIGSEGV);
  // The instruction at fault is run again on return; any other signal has to be sent again. It is
  // blocked until then.
  if (!is_fault) raise(signal_number);
}

// A stack for the handlers, so that running out of the ordinary one is survived, too.
static void provide_stack(void) {
  stack_t current;
  if (sigaltstack(NULL, &current) != 0 || !(current.ss_flags & SS_DISABLE)) return;
  size_t size = 1 << 16;
  if (alternate_stack == NULL) alternate_stack = malloc(size);
  if (alternate_stack == NULL) return;
  stack_t stack = {.ss_sp = alternate_stack, .ss_flags = 0, .ss_size = size};
  sigaltstack(&stack, NULL);
}

void ksr_terminal_set_leave(const char *leave) {
  size_t length = strnlen(leave, sizeof leave_bytes - 1);
  leave_length = 0;
  memcpy(leave_bytes, leave, length);
  leave_length = length;
}

int ksr_terminal_install(int fd, const char *leave) {
  if (is_installed) return 0;
  if (tcgetattr(fd, &saved) != 0) return errno;
  terminal = fd;
  ksr_terminal_set_leave(leave);
  atomic_flag_clear(&is_given_back);
  provide_stack();
  for (int i = 0; i < ENDING; i++) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_ending;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    sigaction(ending[i], NULL, &previous[i]);
    // What is ignored on purpose, as by nohup, stays ignored.
    if (!(previous[i].sa_flags & SA_SIGINFO) && previous[i].sa_handler == SIG_IGN) continue;
    sigaction(ending[i], &action, NULL);
  }
  ksr_requests_install();
  ksr_messages_hold();
  is_installed = 1;
  return 0;
}

void ksr_terminal_end(void) {
  int signal_number = ksr_requests_ended_by();
  if (signal_number == 0) return;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, &action, NULL);
  raise(signal_number);
}

void ksr_terminal_uninstall(void) {
  if (!is_installed) return;
  ksr_messages_release();
  ksr_requests_uninstall();
  for (int i = 0; i < ENDING; i++) sigaction(ending[i], &previous[i], NULL);
  is_installed = 0;
}
