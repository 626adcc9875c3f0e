/* Lua's patterns, with a count of steps that ends a match that would otherwise not end. */
#include "match.h"
#include <ctype.h>
#include <string.h>

#define DEEPEST 200

static const char *run(matcher *m, const char *s, const char *p);

#define OFTEN 4096 /* steps between two checks of the budget; an error in a pattern or callback hides at most this number of steps */

static void spend(matcher *m, int64_t steps) {
  m->steps -= steps;
  if (m->charged - m->steps >= OFTEN) clua_match_settle(m);
  if (m->steps < 0) luaL_error(m->L, "the pattern takes too many steps on this text");
}

/* ---- one character ------------------------------------------------------------------------------------------- */

/* Returns the position behind the single-character item that begins at p. */
static const char *item_end(matcher *m, const char *p) {
  if (*p++ == '%') {
    if (p == m->end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (p[-1] != '[') return p;
  if (p < m->end && *p == '^') p++;
  do { /* a ']' in the first position stands for itself */
    if (p == m->end) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p++ == '%') {
      if (p == m->end) luaL_error(m->L, "malformed pattern (missing ']')");
      p++;
    }
  } while (p == m->end || *p != ']');
  return p + 1;
}

static bool in_class(int c, int letter) {
  bool in;
  switch (tolower(letter)) {
    case 'a': in = isalpha(c); break;
    case 'c': in = iscntrl(c); break;
    case 'd': in = isdigit(c); break;
    case 'g': in = isgraph(c); break;
    case 'l': in = islower(c); break;
    case 'p': in = ispunct(c); break;
    case 's': in = isspace(c); break;
    case 'u': in = isupper(c); break;
    case 'w': in = isalnum(c); break;
    case 'x': in = isxdigit(c); break;
    default: return letter == c;
  }
  return isupper(letter) ? !in : in;
}

/* p points to '[', and last to the ']' that closes it. */
static bool in_set(matcher *m, int c, const char *p, const char *last) {
  bool wanted = true;
  spend(m, (last - p) / 4);
  if (p[1] == '^') {
    wanted = false;
    p++;
  }
  while (++p < last) {
    if (*p == '%') {
      p++;
      if (in_class(c, (unsigned char)*p)) return wanted;
    } else if (p[1] == '-' && p + 2 < last) {
      if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2]) return wanted;
      p += 2;
    } else if ((unsigned char)*p == c) {
      return wanted;
    }
  }
  return !wanted;
}

static bool fits(matcher *m, const char *s, const char *p, const char *end) {
  spend(m, 1);
  if (s >= m->to) return false;
  int c = (unsigned char)*s;
  switch (*p) {
    case '.': return true;
    case '%': return in_class(c, (unsigned char)p[1]);
    case '[': return in_set(m, c, p, end - 1);
    default: return (unsigned char)*p == c;
  }
}

/* ---- longer items ---------------------------------------------------------------------------------------------- */

static const char *balanced(matcher *m, const char *s, const char *p) {
  if (p >= m->end - 1) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->to || *s != *p) return NULL;
  int open = *p, shut = p[1], nested = 1;
  while (++s < m->to) {
    spend(m, 1);
    if (*s == shut) {
      if (--nested == 0) return s + 1;
    } else if (*s == open) {
      nested++;
    }
  }
  return NULL;
}

static const char *greedy(matcher *m, const char *s, const char *p, const char *end) {
  ptrdiff_t count = 0;
  while (fits(m, s + count, p, end)) count++;
  for (; count >= 0; count--) {
    const char *rest = run(m, s + count, end + 1);
    if (rest) return rest;
  }
  return NULL;
}

static const char *lazy(matcher *m, const char *s, const char *p, const char *end) {
  for (;;) {
    const char *rest = run(m, s, end + 1);
    if (rest) return rest;
    if (!fits(m, s, p, end)) return NULL;
    s++;
  }
}

static const char *begin_capture(matcher *m, const char *s, const char *p, ptrdiff_t length) {
  if (m->captures >= CAPTURES) luaL_error(m->L, "too many captures");
  m->capture[m->captures++] = (capture){s, length};
  const char *rest = run(m, s, p);
  if (!rest) m->captures--;
  return rest;
}

static const char *end_capture(matcher *m, const char *s, const char *p) {
  int which = m->captures - 1;
  while (which >= 0 && m->capture[which].length != OPEN) which--;
  if (which < 0) luaL_error(m->L, "invalid pattern capture");
  m->capture[which].length = s - m->capture[which].at;
  const char *rest = run(m, s, p);
  if (!rest) m->capture[which].length = OPEN;
  return rest;
}

static const char *again(matcher *m, const char *s, int digit) {
  int which = digit - '1';
  if (which < 0 || which >= m->captures || m->capture[which].length == OPEN) luaL_error(m->L, "invalid capture index %%%d", which + 1);
  size_t length = (size_t)m->capture[which].length; /* for a position capture, larger than any string */
  if ((size_t)(m->to - s) < length) return NULL;
  spend(m, (int64_t)(length / 8));
  return memcmp(m->capture[which].at, s, length) == 0 ? s + length : NULL;
}

static bool frontier(matcher *m, const char *s, const char *p, const char *end) {
  int before = s == m->from ? 0 : (unsigned char)s[-1], after = s < m->to ? (unsigned char)*s : 0;
  return !in_set(m, before, p, end - 1) && in_set(m, after, p, end - 1);
}

/* ---- a pattern ----------------------------------------------------------------------------------------------- */

/* Matches a '%' item that is not a single character. Returns whether it was such an item. Advances *s and *p, and sets *s to NULL if the
 * match failed. */
static bool special(matcher *m, const char **s, const char **p) {
  const char *item = *p + 1;
  if (item == m->end) return false;
  switch (*item) {
    case 'b':
      *s = balanced(m, *s, item + 1);
      *p = item + 3;
      return true;
    case 'f': {
      if (item + 1 == m->end || item[1] != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
      const char *end = item_end(m, item + 1);
      if (!frontier(m, *s, item + 1, end)) *s = NULL;
      *p = end;
      return true;
    }
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      *s = again(m, *s, (unsigned char)*item);
      *p = item + 1;
      return true;
    default: return false;
  }
}

static const char *run_on(matcher *m, const char *s, const char *p) {
  while (p != m->end) {
    spend(m, 1);
    if (*p == '(') return p + 1 < m->end && p[1] == ')' ? begin_capture(m, s, p + 2, POSITION) : begin_capture(m, s, p + 1, OPEN);
    if (*p == ')') return end_capture(m, s, p + 1);
    if (*p == '$' && p + 1 == m->end) return s == m->to ? s : NULL;
    if (*p == '%' && special(m, &s, &p)) {
      if (!s) return NULL;
      continue;
    }
    const char *end = item_end(m, p);
    int suffix = end < m->end ? *end : 0;
    if (suffix == '*') return greedy(m, s, p, end);
    if (suffix == '-') return lazy(m, s, p, end);
    bool fit = fits(m, s, p, end);
    if (suffix == '+') return fit ? greedy(m, s + 1, p, end) : NULL;
    if (suffix == '?') {
      const char *rest = fit ? run(m, s + 1, end + 1) : NULL;
      if (rest) return rest;
      p = end + 1;
      continue;
    }
    if (!fit) return NULL;
    s++;
    p = end;
  }
  return s;
}

static const char *run(matcher *m, const char *s, const char *p) {
  if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
  const char *end = run_on(m, s, p);
  m->depth++;
  return end;
}

void clua_match_prepare(matcher *m, lua_State *L, const char *s, size_t sn, const char *p, size_t pn) {
  m->L = L;
  m->from = s;
  m->to = s + sn;
  m->end = p + pn;
  m->steps = m->charged = clua_of(L)->limits.matching;
  clua_charge(L, 1 + (int64_t)(pn / 16));
}

const char *clua_match_at(matcher *m, const char *s, const char *p) {
  m->captures = 0;
  m->depth = DEEPEST;
  return run(m, s, p);
}

void clua_match_settle(matcher *m) {
  int64_t steps = m->charged - m->steps;
  m->charged = m->steps;
  clua_charge(m->L, steps);
}
