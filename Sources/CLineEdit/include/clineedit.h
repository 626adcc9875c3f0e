/* Typed lines that can be edited, with a history and completion, by libedit. It is loaded when it is needed, so a machine can lack it. */
#ifndef CLINEEDIT_H
#define CLINEEDIT_H
#include <stdbool.h>

#pragma clang assume_nonnull begin

typedef struct clineedit clineedit;

typedef enum { CLINEEDIT_LINE, CLINEEDIT_OVER, CLINEEDIT_STOPPED } clineedit_end;

typedef struct {
  void *owner; /* goes to each function */
  /* Called ten times a second while nothing is typed. true: the line ends as stopped. */
  bool (*stops)(void *owner);
  /* Completes a word. left: the line up to the cursor. insert gets what to add to it, at most `room` bytes with the final zero.
   * Returns true if it has listed several possibilities below the line. */
  bool (*completes)(void *owner, const char *left, char *insert, int room);
} clineedit_calls;

/* NULL: this machine has no libedit, or no terminal that it knows. */
clineedit *_Nullable clineedit_open(const char *program, clineedit_calls calls);
void clineedit_close(clineedit *edit);
/* Reads a line from standard input and shows it on standard error. The text ends with its line break, belongs to the editor, and is valid
 * until the next call. Calls may come from several threads, one after the other. */
clineedit_end clineedit_read(clineedit *edit, const char *prompt, const char *_Nullable *_Nonnull text);
/* Adds a text to the history, which is kept in memory only. */
void clineedit_remember(clineedit *edit, const char *text);

#pragma clang assume_nonnull end

#endif
