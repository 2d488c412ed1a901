// ncursesw for Swift: macros that the importer cannot see, as inline functions and constants.
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
#include <locale.h>
#include <wchar.h>
#include <curses.h>
#endif
