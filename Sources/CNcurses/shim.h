// ncursesw for Swift: macros that the importer cannot see, as constants and inline functions.
#ifndef KSR_CNCURSES_SHIM_H
#define KSR_CNCURSES_SHIM_H
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#ifndef NCURSES_NOMACROS
#define NCURSES_NOMACROS 1
#endif
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <term.h>
#include <wchar.h>

static const attr_t KSR_A_BOLD = A_BOLD, KSR_A_DIM = A_DIM, KSR_A_UNDERLINE = A_UNDERLINE,
                    KSR_A_REVERSE = A_REVERSE;
static const mmask_t KSR_BUTTON1_PRESSED = BUTTON1_PRESSED, KSR_BUTTON4_PRESSED = BUTTON4_PRESSED,
                     KSR_BUTTON5_PRESSED = BUTTON5_PRESSED;

// glibc hides it from the modes that the importer compiles in.
int wcwidth(wchar_t);

static inline int ksr_colors(void) { return COLORS; }
static inline int ksr_color_pairs(void) { return COLOR_PAIRS; }

// The number of F1, F2 … F12 for one of curses's key codes, else 0.
static inline int ksr_function_key(int code) {
  return code > KEY_F0 && code <= KEY_F(12) ? code - KEY_F0 : 0;
}

// A capability of the terminal, or null if it has none of that name.
static inline const char *ksr_capability(const char *name) {
  char *text = tigetstr((char *)name);
  return text == (char *)-1 ? NULL : text;
}
#endif
