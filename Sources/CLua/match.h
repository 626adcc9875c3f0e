/* The matcher, which match.c implements and patterns.c uses. */
#ifndef CLUA_MATCH_H
#define CLUA_MATCH_H
#include "inside.h"

#define CAPTURES 32
enum { OPEN = -1, POSITION = -2 };

typedef struct {
  const char *at;
  ptrdiff_t length;
} capture;

typedef struct {
  lua_State *L;
  const char *from, *to;  /* the subject */
  const char *end;        /* of the pattern */
  int64_t steps, charged; /* steps that this call has left, now and at the last charge */
  int depth, captures;
  capture capture[CAPTURES];
} matcher;

void clua_match_prepare(matcher *m, lua_State *L, const char *s, size_t sn, const char *p, size_t pn);
/* Returns the position after the match that begins at s, or NULL if there is no match. */
const char *clua_match_at(matcher *m, const char *s, const char *p);
/* Charges the steps since the last charge to the task. Raises if the task's budget is spent. */
void clua_match_settle(matcher *m);
#endif
