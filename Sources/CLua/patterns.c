/* string.find, match, gmatch and gsub, based on the matcher. */
#include "match.h"
#include <ctype.h>
#include <string.h>

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

/* Pushes the captures or, if there are none and `s` is given, the whole match. */
static int push_captures(matcher *m, const char *s, const char *e) {
  int count = m->captures == 0 && s ? 1 : m->captures;
  luaL_checkstack(m->L, count, "too many captures");
  for (int i = 0; i < count; i++) push_capture(m, i, s, e);
  return count;
}

/* ---- the functions ------------------------------------------------------------------------------------------- */

/* Returns an optional start position, counted from 0. If it is beyond the end, it becomes one more than the length. */
static size_t start(lua_State *L, int argument, size_t length) {
  if (lua_type(L, argument) == LUA_TSTRING) clua_charge(L, (int64_t)(lua_rawlen(L, argument) / 4));
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
  clua_charge(L, 1 + (int64_t)(((found ? (size_t)(found - s) : sn) - from + pn) / 16));
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
  clua_match_prepare(&m, L, s, sn, p, pn);
  if (anchored) p++;
  const char *at = s + from;
  do {
    const char *e = clua_match_at(&m, at, p);
    if (!e) continue;
    clua_match_settle(&m);
    if (!find) return push_captures(&m, at, e);
    lua_pushinteger(L, at - s + 1);
    lua_pushinteger(L, e - s);
    return 2 + push_captures(&m, NULL, NULL);
  } while (at++ < m.to && !anchored);
  clua_match_settle(&m);
  lua_pushnil(L);
  return 1;
}

static int l_find(lua_State *L) { return search(L, true); }
static int l_match(lua_State *L) { return search(L, false); }

/* upvalues: subject, pattern, where to continue, end of the last match */
static int l_gmatch_next(lua_State *L) {
  size_t sn, pn;
  const char *s = lua_tolstring(L, lua_upvalueindex(1), &sn), *p = lua_tolstring(L, lua_upvalueindex(2), &pn);
  lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
  matcher m;
  clua_match_prepare(&m, L, s, sn, p, pn);
  for (const char *at = s + lua_tointeger(L, lua_upvalueindex(3)); at <= m.to; at++) {
    const char *e = clua_match_at(&m, at, p);
    if (!e || e - s == last) continue;
    clua_match_settle(&m);
    lua_pushinteger(L, e - s);
    lua_copy(L, -1, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return push_captures(&m, at, e);
  }
  clua_match_settle(&m);
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

/* Adds the replacement text, with %0 … %9 filled in. */
static void add_text(matcher *m, luaL_Buffer *b, const char *s, const char *e) {
  size_t count;
  const char *text = lua_tolstring(m->L, 3, &count), *end = text + count;
  while (text < end) {
    const char *sign = memchr(text, '%', (size_t)(end - text));
    luaL_addlstring(b, text, (size_t)((sign ? sign : end) - text));
    if (!sign) return;
    char c = sign + 1 < end ? sign[1] : 0;
    text = sign + 2;
    clua_charge(m->L, 1);
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
  clua_match_prepare(&m, L, s, sn, p, pn);
  if (anchored) p++;
  luaL_buffinit(L, &b);
  const char *at = s;
  while (count < most) {
    const char *e = clua_match_at(&m, at, p);
    if (e && e != last) {
      count++;
      clua_match_settle(&m); /* a callback can raise */
      if (add_replacement(&m, &b, at, e, kind)) changed = true;
      at = last = e;
    } else if (at < m.to) {
      luaL_addchar(&b, *at++);
    } else {
      break;
    }
    if (anchored) break;
  }
  clua_match_settle(&m);
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
