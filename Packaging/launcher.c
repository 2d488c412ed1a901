// `ksr` in a package: the program of the same folder, called by this name. A wheel has no links, and a
// script would need a shell.
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments) {
  (void)count;
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length > 0) {
    path[length] = 0;
    char *end = strrchr(path, '/');
    if (end && (size_t)(end - path) + sizeof "/ksr-tui" <= sizeof path) {
      strcpy(end, "/ksr-tui");
      arguments[0] = "ksr";
      execv(path, arguments);
    }
  }
  fputs("ksr: ksr-tui was not found beside this program. Install both again.\n", stderr);
  return 127;
}
