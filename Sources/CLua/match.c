/* find, match, gmatch and gsub: Lua's patterns, with a count of steps that ends what would not end. */
#include "inside.h"
#include <ctype.h>
#include <string.h>

#define CAPTURES 32
#define DEEPEST 200
enum { OPEN = -1, POSITION = -2 };

typedef struct { const char *at; ptrdiff_t length; } capture;

typedef struct {
  lua_State *L;
  const char *from, *to; /* the subject */
  const char *end;       /* of the pattern */
  int64_t steps;
  int depth, captures;
  capture capture[CAPTURES];
} matcher;

static const char *run(matcher *m, const char *s, const char *p);

static void spend(matcher *m, int64_t steps) {
  m->steps -= steps;
  if (m->steps < 0) {
    clua_charge(m->L, clua_of(m->L)->limits.matching);
    luaL_error(m->L, "the pattern takes too many steps on this text");
  }
}

/* ---- one character ------------------------------------------------------------------------------------------- */

/* Behind the single-character item that begins at p. */
static const char *item_end(matcher *m, const char *p) {
  if (*p++ == '%') {
    if (p == m->end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (p[-1] != '[') return p;
  if (p < m->end && *p == '^') p++;
  do { /* a ']' in the first place stands for itself */
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

/* p is at '[', last at the ']' that closes it. */
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

/* ---- items of more ------------------------------------------------------------------------------------------- */

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
  if (which < 0 || which >= m->captures || m->capture[which].length == OPEN)
    luaL_error(m->L, "invalid capture index %%%d", which + 1);
  size_t length = (size_t)m->capture[which].length; /* of a position: larger than any text */
  if ((size_t)(m->to - s) < length) return NULL;
  spend(m, (int64_t)(length / 8));
  return memcmp(m->capture[which].at, s, length) == 0 ? s + length : NULL;
}

static bool frontier(matcher *m, const char *s, const char *p, const char *end) {
  int before = s == m->from ? 0 : (unsigned char)s[-1], after = s < m->to ? (unsigned char)*s : 0;
  return !in_set(m, before, p, end - 1) && in_set(m, after, p, end - 1);
}

/* ---- a pattern ----------------------------------------------------------------------------------------------- */

/* A '%' item that is no single character: whether it was one; *s and *p are moved on, *s to NULL where it failed. */
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
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
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

static void prepare(matcher *m, lua_State *L, const char *s, size_t sn, const char *p, size_t pn) {
  m->L = L;
  m->from = s;
  m->to = s + sn;
  m->end = p + pn;
  m->steps = clua_of(L)->limits.matching;
}

static const char *try_at(matcher *m, const char *s, const char *p) {
  m->captures = 0;
  m->depth = DEEPEST;
  return run(m, s, p);
}

static void settle(matcher *m) { clua_charge(m->L, clua_of(m->L)->limits.matching - m->steps); }

/* ---- captures ------------------------------------------------------------------------------------------------ */

static void push_capture(matcher *m, int which, const char *s, const char *e) {
  if (which >= m->captures) {
    if (which != 0) luaL_error(m->L, "invalid capture index %%%d", which + 1);
    lua_pushlstring(m->L, s, (size_t)(e - s));
    return;
  }
  capture *c = &m->capture[which];
  if (c->length == OPEN) luaL_error(m->L, "unfinished capture");
  if (c->length == POSITION) lua_pushinteger(m->L, c->at - m->from + 1);
  else lua_pushlstring(m->L, c->at, (size_t)c->length);
}

/* The captures; the whole match where there are none and `s` is given. */
static int push_captures(matcher *m, const char *s, const char *e) {
  int count = m->captures == 0 && s ? 1 : m->captures;
  luaL_checkstack(m->L, count, "too many captures");
  for (int i = 0; i < count; i++) push_capture(m, i, s, e);
  return count;
}

/* ---- the functions ------------------------------------------------------------------------------------------- */

/* Where an optional start position points to, from 0; beyond the end: one more than the length. */
static size_t start(lua_State *L, int argument, size_t length) {
  lua_Integer at = luaL_optinteger(L, argument, 1);
  if (at > 0) return (lua_Unsigned)at - 1 > length ? length + 1 : (size_t)at - 1;
  if (at == 0 || at < -(lua_Integer)length) return 0;
  return length - (size_t)(-at);
}

static bool is_plain(const char *p, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strchr("^$*+?.([%-", p[i]) && p[i]) return false;
  return true;
}

static int find_plain(lua_State *L, const char *s, size_t sn, const char *p, size_t pn, size_t from) {
  const char *found = pn == 0 ? s + from : memmem(s + from, sn - from, p, pn);
  clua_charge(L, (int64_t)((found ? (size_t)(found - s) : sn) - from) / 16);
  if (!found) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, found - s + 1);
  lua_pushinteger(L, found - s + (lua_Integer)pn);
  return 2;
}

static int search(lua_State *L, bool find) {
  size_t sn, pn;
  const char *s = luaL_checklstring(L, 1, &sn), *p = luaL_checklstring(L, 2, &pn);
  size_t from = start(L, 3, sn);
  if (from > sn) {
    lua_pushnil(L);
    return 1;
  }
  if (find && (lua_toboolean(L, 4) || is_plain(p, pn))) return find_plain(L, s, sn, p, pn, from);
  matcher m;
  bool anchored = pn > 0 && *p == '^';
  prepare(&m, L, s, sn, p, pn);
  if (anchored) p++;
  const char *at = s + from;
  do {
    const char *e = try_at(&m, at, p);
    if (!e) continue;
    settle(&m);
    if (!find) return push_captures(&m, at, e);
    lua_pushinteger(L, at - s + 1);
    lua_pushinteger(L, e - s);
    return 2 + push_captures(&m, NULL, NULL);
  } while (at++ < m.to && !anchored);
  settle(&m);
  lua_pushnil(L);
  return 1;
}

static int l_find(lua_State *L) { return search(L, true); }
static int l_match(lua_State *L) { return search(L, false); }

/* upvalues: subject, pattern, where to go on, end of the last match */
static int l_gmatch_next(lua_State *L) {
  size_t sn, pn;
  const char *s = lua_tolstring(L, lua_upvalueindex(1), &sn), *p = lua_tolstring(L, lua_upvalueindex(2), &pn);
  lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
  matcher m;
  prepare(&m, L, s, sn, p, pn);
  for (const char *at = s + lua_tointeger(L, lua_upvalueindex(3)); at <= m.to; at++) {
    const char *e = try_at(&m, at, p);
    if (!e || e - s == last) continue;
    settle(&m);
    lua_pushinteger(L, e - s);
    lua_copy(L, -1, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return push_captures(&m, at, e);
  }
  settle(&m);
  return 0;
}

static int l_gmatch(lua_State *L) {
  size_t sn;
  luaL_checklstring(L, 1, &sn);
  luaL_checkstring(L, 2);
  size_t from = start(L, 3, sn);
  lua_settop(L, 2);
  lua_pushinteger(L, (lua_Integer)from);
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, l_gmatch_next, 4);
  return 1;
}

/* The replacement text, with %0 … %9 filled in. */
static void add_text(matcher *m, luaL_Buffer *b, const char *s, const char *e) {
  size_t count;
  const char *text = lua_tolstring(m->L, 3, &count), *end = text + count;
  while (text < end) {
    const char *sign = memchr(text, '%', (size_t)(end - text));
    luaL_addlstring(b, text, (size_t)((sign ? sign : end) - text));
    if (!sign) return;
    char c = sign + 1 < end ? sign[1] : 0;
    text = sign + 2;
    if (c == '%') {
      luaL_addchar(b, '%');
    } else if (c == '0') {
      luaL_addlstring(b, s, (size_t)(e - s));
    } else if (isdigit((unsigned char)c)) {
      push_capture(m, c - '1', s, e);
      luaL_tolstring(m->L, -1, NULL);
      lua_remove(m->L, -2);
      luaL_addvalue(b);
    } else {
      luaL_error(m->L, "invalid use of '%%' in replacement string");
    }
  }
}

static bool add_replacement(matcher *m, luaL_Buffer *b, const char *s, const char *e, int kind) {
  lua_State *L = m->L;
  if (kind == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    lua_call(L, push_captures(m, s, e), 1);
  } else if (kind == LUA_TTABLE) {
    push_capture(m, 0, s, e);
    lua_gettable(L, 3);
  } else {
    add_text(m, b, s, e);
    return true;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(b, s, (size_t)(e - s));
    return false;
  }
  if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  luaL_addvalue(b);
  return true;
}

static int l_gsub(lua_State *L) {
  size_t sn, pn;
  const char *s = luaL_checklstring(L, 1, &sn), *p = luaL_checklstring(L, 2, &pn), *last = NULL;
  int kind = lua_type(L, 3);
  luaL_argexpected(L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
                   "string/function/table");
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)sn + 1), count = 0;
  bool anchored = pn > 0 && *p == '^', changed = false;
  matcher m;
  luaL_Buffer b;
  prepare(&m, L, s, sn, p, pn);
  if (anchored) p++;
  luaL_buffinit(L, &b);
  const char *at = s;
  while (count < most) {
    const char *e = try_at(&m, at, p);
    if (e && e != last) {
      count++;
      if (add_replacement(&m, &b, at, e, kind)) changed = true;
      at = last = e;
    } else if (at < m.to) {
      luaL_addchar(&b, *at++);
    } else {
      break;
    }
    if (anchored) break;
  }
  settle(&m);
  if (changed) {
    luaL_addlstring(&b, at, (size_t)(m.to - at));
    luaL_pushresult(&b);
  } else {
    lua_pushvalue(L, 1);
  }
  lua_pushinteger(L, count);
  return 2;
}

void clua_match_functions(lua_State *L) {
  static const luaL_Reg functions[] = {{"find", l_find}, {"match", l_match}, {"gmatch", l_gmatch}, {"gsub", l_gsub}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
