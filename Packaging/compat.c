// arc4random came with glibc 2.36 and a newer libstdc++.a asks for it. This one needs no more than 2.25, so
// that the program also starts on systems with glibc 2.35.
#include <stdint.h>
#include <sys/random.h>

__attribute__((visibility("hidden"))) uint32_t arc4random(void) {
  uint32_t number;
  while (getrandom(&number, sizeof number, 0) != sizeof number) {
  }
  return number;
}
