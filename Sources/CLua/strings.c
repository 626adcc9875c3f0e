/* The string library: our matcher, bounded rep, format without addresses, and a metatable that nobody can change. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>

/* upvalue 1: the stock function */
static int l_rep(lua_State *L) {
  size_t count, between;
  luaL_checklstring(L, 1, &count);
  lua_Integer times = luaL_checkinteger(L, 2);
  luaL_optlstring(L, 3, "", &between);
  if (times <= 0 || count + between == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  size_t most = clua_of(L)->limits.memory;
  if ((lua_Unsigned)times > most || count + between > most / (size_t)times) return luaL_error(L, "resulting string too large");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

/* upvalue 1: the stock function. Values of %s are made text here, so that no address shows. */
static int l_format(lua_State *L) {
  const char *format = luaL_checkstring(L, 1);
  int argument = 1, top = lua_gettop(L);
  while (*format) {
    if (*format++ != '%') continue;
    if (*format == '%') {
      format++;
      continue;
    }
    format += strspn(format, "-+ #0123456789.");
    argument++;
    if (*format == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
    if (*format == 's' && argument <= top) {
      clua_text(L, argument, NULL);
      lua_replace(L, argument);
      lua_settop(L, top);
    }
    if (*format) format++;
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, top, 1);
  return 1;
}

static void wrap(lua_State *L, const char *name, lua_CFunction function) {
  lua_getfield(L, -2, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

static void build(lua_State *L) {
  static const char *const kept[] = {"byte", "char", "len", "lower", "reverse", "sub", "upper", NULL};
  luaL_requiref(L, "string", luaopen_string, 0);
  lua_newtable(L);
  for (int i = 0; kept[i]; i++) {
    lua_getfield(L, -2, kept[i]);
    lua_setfield(L, -2, kept[i]);
  }
  wrap(L, "rep", l_rep);
  wrap(L, "format", l_format);
  clua_match_functions(L);
  lua_remove(L, -2);
}

void clua_string_library(lua_State *L) {
  build(L);
  lua_setfield(L, -2, "string");
  /* s:method() looks into a copy of its own, so that nobody's string.rep = nil reaches anybody else */
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  build(L);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

/* ---- comparison ---------------------------------------------------------------------------------------------- */

static void add(clua_buffer *b, lua_State *L, int index) {
  size_t count;
  const char *text = luaL_tolstring(L, index, &count);
  clua_put(b, luaL_typename(L, index), 2);
  clua_put(b, ":", 1);
  clua_put(b, text, count);
  clua_put(b, "\n", 1);
  lua_pop(L, 1);
}

typedef struct { bool stock; const char *function; const uint8_t *arguments; size_t count; clua_buffer result; } comparison;

static int compare(lua_State *L) {
  comparison *c = lua_touserdata(L, 1);
  lua_settop(L, 0);
  if (c->stock) luaL_requiref(L, "string", luaopen_string, 0);
  else build(L);
  lua_getfield(L, -1, c->function);
  lua_remove(L, -2);
  lua_call(L, clua_decode(L, c->arguments, c->count), LUA_MULTRET);
  if (strcmp(c->function, "gmatch") != 0) {
    for (int i = 1; i <= lua_gettop(L); i++) add(&c->result, L, i);
    return 0;
  }
  for (int round = 0; round < 100; round++) {
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    lua_call(L, 0, LUA_MULTRET);
    if (lua_isnoneornil(L, 2)) return 0;
    for (int i = 2; i <= lua_gettop(L); i++) add(&c->result, L, i);
  }
  return 0;
}

char *clua_compare(bool stock, const char *function, const uint8_t *arguments, size_t count) {
  clua_limits limits = {.memory = 64u << 20, .instructions = INT64_MAX, .matching = 50000000};
  comparison c = {.stock = stock, .function = function, .arguments = arguments, .count = count};
  clua_state *s = clua_open(&limits);
  if (!s) return NULL;
  lua_pushcfunction(s->L, compare);
  lua_pushlightuserdata(s->L, &c);
  if (lua_pcall(s->L, 1, 0, 0) != LUA_OK) {
    const char *message = lua_type(s->L, -1) == LUA_TSTRING ? lua_tostring(s->L, -1) : "?";
    c.result.count = 0;
    clua_put(&c.result, "error: ", 7);
    clua_put(&c.result, message, strlen(message));
  }
  clua_close(s);
  clua_put(&c.result, "", 1);
  if (c.result.failed) { free(c.result.bytes); return NULL; }
  return (char *)c.result.bytes;
}
