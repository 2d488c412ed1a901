#define _GNU_SOURCE
#include "messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

static int standard_error = -1;
static atomic_int held = -1;

void ksr_messages_hold(void) {
  // What goes to a file already is in nobody's way.
  if (!isatty(STDERR_FILENO)) return;
  int file = memfd_create("messages", MFD_CLOEXEC);
  if (file < 0) return;
  standard_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (standard_error < 0 || dup2(file, STDERR_FILENO) < 0) {
    if (standard_error >= 0) close(standard_error);
    close(file);
    return;
  }
  atomic_store(&held, file);
}

void ksr_messages_release(void) {
  int file = atomic_exchange(&held, -1);
  if (file < 0) return;
  dup2(standard_error, STDERR_FILENO);
  char part[1024];
  off_t offset = 0;
  for (;;) {
    ssize_t count = pread(file, part, sizeof part, offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    ssize_t done = write(STDERR_FILENO, part, (size_t)count);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) break;
    offset += done;
  }
  close(standard_error);
  close(file);
}
