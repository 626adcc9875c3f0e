/* Lets a person type and edit lines, with a history and completion, through libedit. libedit is loaded only when needed, so a machine can
 * lack it. */
#ifndef CLINEEDIT_H
#define CLINEEDIT_H
#include <stdbool.h>

#pragma clang assume_nonnull begin

typedef struct clineedit clineedit;

typedef enum { CLINEEDIT_LINE, CLINEEDIT_OVER, CLINEEDIT_STOPPED } clineedit_end;

typedef struct {
  void *owner; /* is passed to each function */
  /* Called ten times a second while nothing is typed. If it returns true, the line ends as stopped. */
  bool (*stops)(void *owner);
  /* Completes a word. left is the line up to the cursor. insert receives the text to add, at most `room` bytes with the final zero. Returns
   * true if it has listed several possibilities below the line. */
  bool (*completes)(void *owner, const char *left, char *insert, int room);
} clineedit_calls;

/* Opens an editor. Returns NULL if this machine has no libedit, or no terminal that libedit knows. */
clineedit *_Nullable clineedit_open(const char *program, clineedit_calls calls);
void clineedit_close(clineedit *edit);
/* Reads a line from standard input and shows it on standard error. The text ends with its line break, belongs to the editor, and is valid
 * until the next call. Calls can come from several threads, but only one after the other. */
clineedit_end clineedit_read(clineedit *edit, const char *prompt, const char *_Nullable *_Nonnull text);
/* Adds a line to the history, which is kept in memory only. */
void clineedit_remember(clineedit *edit, const char *text);

#pragma clang assume_nonnull end

#endif
