#include "clineedit.h"
#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

typedef struct editline EditLine;
typedef struct history History;
typedef struct {
  const char *buffer, *cursor, *lastchar;
} LineInfo;
typedef struct {
  int number;
  const char *text;
} HistEvent;

/* The numbers of libedit's interface. They are the same in all versions of libedit.so.2. */
enum { EL_PROMPT = 0, EL_EDITOR = 2, EL_SIGNAL = 3, EL_BIND = 4, EL_ADDFN = 9, EL_HIST = 10, EL_GETCFN = 13, EL_CLIENTDATA = 14 };
enum { H_SETSIZE = 1, H_ENTER = 10, H_SETUNIQUE = 20 };
enum { CC_REFRESH = 4, CC_REDISPLAY = 8, CC_REFRESH_BEEP = 9 };

/* The limits: lines of history, bytes that one completion adds, and bytes of a line that can be completed. */
enum { REMEMBERED = 1000, INSERTED = 1024, LEFT = 8192 };
enum { TICK = 100 /* milliseconds after which it asks again whether to stop */ };

/* The functions of libedit that are used. */
static struct {
  EditLine *(*init)(const char *, FILE *, FILE *, FILE *);
  void (*end)(EditLine *);
  int (*set)(EditLine *, int, ...);
  int (*get)(EditLine *, int, ...);
  const char *(*gets)(EditLine *, int *);
  int (*insertstr)(EditLine *, const char *);
  const LineInfo *(*line)(EditLine *);
  int (*source)(EditLine *, const char *);
  History *(*history_init)(void);
  void (*history_end)(History *);
  int (*history)(History *, HistEvent *, int, ...);
} lib;

struct clineedit {
  EditLine *line;
  History *history;
  clineedit_calls calls;
  locale_t locale;
  const char *prompt;
  bool stopped;
};

static bool find(void *library, const char *name, void *place) {
  void *symbol = dlsym(library, name);
  memcpy(place, &symbol, sizeof symbol);
  return symbol;
}

static bool load(void) {
  if (lib.init) return true;
  void *from = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!from) return false;
  return find(from, "el_end", &lib.end) && find(from, "el_set", &lib.set) && find(from, "el_get", &lib.get) &&
         find(from, "el_gets", &lib.gets) && find(from, "el_insertstr", &lib.insertstr) && find(from, "el_line", &lib.line) &&
         find(from, "el_source", &lib.source) && find(from, "history_init", &lib.history_init) &&
         find(from, "history_end", &lib.history_end) && find(from, "history", &lib.history) && find(from, "el_init", &lib.init);
}

static clineedit *owner(EditLine *line) {
  void *data = NULL;
  lib.get(line, EL_CLIENTDATA, &data);
  return data;
}

static const char *prompt(EditLine *line) { return owner(line)->prompt; }

/* Waits for a byte, and meanwhile asks whether to stop. */
static bool arrives(clineedit *edit) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  for (;;) {
    if (edit->calls.stops(edit->calls.owner)) return edit->stopped = true, false;
    int count = poll(&input, 1, TICK);
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
  }
}

/* Reads one character. Returns 1, or 0 if the input is over or the line was stopped. */
static int character(EditLine *line, wchar_t *result) {
  clineedit *edit = owner(line);
  mbstate_t state = {0};
  for (;;) {
    char byte;
    if (!arrives(edit)) return 0;
    ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return 0;
    size_t length = mbrtowc(result, &byte, 1, &state);
    if (length == (size_t)-2) continue;
    if (length == (size_t)-1) *result = L'?', state = (mbstate_t){0};
    return 1;
  }
}

static unsigned char complete(EditLine *line, int key) {
  (void)key;
  clineedit *edit = owner(line);
  const LineInfo *info = lib.line(line);
  char left[LEFT], insert[INSERTED] = "";
  size_t count = (size_t)(info->cursor - info->buffer);
  if (count >= sizeof left) return CC_REFRESH_BEEP;
  memcpy(left, info->buffer, count);
  left[count] = 0;
  bool listed = edit->calls.completes(edit->calls.owner, left, insert, sizeof insert);
  if (*insert && lib.insertstr(line, insert) == -1) return CC_REFRESH_BEEP;
  return listed ? CC_REDISPLAY : *insert ? CC_REFRESH : CC_REFRESH_BEEP;
}

/* libedit counts columns according to the locale of its thread. */
static locale_t characters(void) {
  locale_t own = newlocale(LC_CTYPE_MASK, "", NULL);
  locale_t old = own ? uselocale(own) : NULL;
  if (own && MB_CUR_MAX > 1) return uselocale(old), own;
  if (own) uselocale(old), freelocale(own);
  return newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
}

clineedit *clineedit_open(const char *program, clineedit_calls calls) {
  clineedit *edit = load() ? calloc(1, sizeof *edit) : NULL;
  if (!edit) return NULL;
  edit->calls = calls;
  edit->prompt = "";
  edit->locale = characters();
  locale_t old = edit->locale ? uselocale(edit->locale) : NULL;
  edit->line = lib.init(program, stdin, stderr, stderr);
  edit->history = edit->line ? lib.history_init() : NULL;
  if (edit->history) {
    HistEvent event;
    lib.history(edit->history, &event, H_SETSIZE, REMEMBERED);
    lib.history(edit->history, &event, H_SETUNIQUE, 1);
    lib.set(edit->line, EL_CLIENTDATA, edit);
    lib.set(edit->line, EL_SIGNAL, 0);
    lib.set(edit->line, EL_PROMPT, prompt);
    lib.set(edit->line, EL_EDITOR, "emacs");
    lib.set(edit->line, EL_HIST, lib.history, edit->history);
    lib.set(edit->line, EL_ADDFN, "complete-word", "Completes the word before the cursor", complete);
    lib.set(edit->line, EL_BIND, "^I", "complete-word", NULL);
    lib.source(edit->line, NULL);
    lib.set(edit->line, EL_GETCFN, character);
  }
  if (edit->locale) uselocale(old);
  if (edit->history) return edit;
  clineedit_close(edit);
  return NULL;
}

void clineedit_close(clineedit *edit) {
  if (edit->history) lib.history_end(edit->history);
  if (edit->line) lib.end(edit->line);
  if (edit->locale) freelocale(edit->locale);
  free(edit);
}

clineedit_end clineedit_read(clineedit *edit, const char *shown, const char **text) {
  int count = 0;
  edit->prompt = shown;
  edit->stopped = false;
  locale_t old = edit->locale ? uselocale(edit->locale) : NULL;
  *text = lib.gets(edit->line, &count);
  if (edit->locale) uselocale(old);
  if (edit->stopped) return CLINEEDIT_STOPPED;
  return *text && count > 0 ? CLINEEDIT_LINE : CLINEEDIT_OVER;
}

void clineedit_remember(clineedit *edit, const char *text) {
  HistEvent event;
  locale_t old = edit->locale ? uselocale(edit->locale) : NULL;
  lib.history(edit->history, &event, H_ENTER, text);
  if (edit->locale) uselocale(old);
}
