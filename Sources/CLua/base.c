/* The base library: what recipes may have of it, and what had to be made anew. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>

/* ---- protected calls ----------------------------------------------------------------------------------------- */

static int finish(lua_State *L, int status, lua_KContext how) {
  int before = (int)how & 15, below = (int)how >> 4;
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - below;
  if (clua_passes(L, before)) return lua_error(L);
  clua_task *t = TASK(L);
  if (t) {
    free(t->inner);
    t->inner = NULL;
  }
  lua_pushboolean(L, 0);
  lua_pushvalue(L, -2);
  return 2;
}

static int l_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int how = clua_flags(L);
  return finish(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, how, finish), how);
}

static int l_xpcall(lua_State *L) {
  int arguments = lua_gettop(L) - 2;
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);
  int how = clua_flags(L) | (2 << 4);
  return finish(L, lua_pcallk(L, arguments, LUA_MULTRET, 2, how, finish), how);
}

/* ---- text of values ------------------------------------------------------------------------------------------ */

const char *clua_text(lua_State *L, int index, size_t *count) {
  if (luaL_callmeta(L, index, "__tostring")) {
    if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
    return lua_tolstring(L, -1, count);
  }
  switch (lua_type(L, index)) {
    case LUA_TNUMBER: case LUA_TSTRING: case LUA_TBOOLEAN: case LUA_TNIL: return luaL_tolstring(L, index, count);
    default:
      if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) return lua_tolstring(L, -1, count);
      lua_pushstring(L, luaL_typename(L, index));
      return lua_tolstring(L, -1, count);
  }
}

static int l_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  clua_text(L, 1, NULL);
  return 1;
}

/* ---- keys in order ------------------------------------------------------------------------------------------- */

enum { IS_NUMBER, IS_TEXT, IS_TRUTH, IS_HANDLE };
typedef struct {
  int kind, slot;
  bool whole;
  lua_Integer integer;
  lua_Number number;
  const char *text;
  size_t count;
} key;

/* An order over whole numbers and others that is exact: a Number beyond 2^53 is no reason to mix them up. */
static int by_number(const key *a, const key *b) {
  if (a->whole && b->whole) return (a->integer > b->integer) - (a->integer < b->integer);
  long double x = a->whole ? (long double)a->integer : (long double)a->number;
  long double y = b->whole ? (long double)b->integer : (long double)b->number;
  return (x > y) - (x < y);
}

static int by_key(const void *one, const void *other) {
  const key *a = one, *b = other;
  if (a->kind != b->kind) return a->kind - b->kind;
  if (a->kind != IS_TEXT) return by_number(a, b);
  size_t least = a->count < b->count ? a->count : b->count;
  int order = memcmp(a->text, b->text, least);
  return order ? order : (a->count > b->count) - (a->count < b->count);
}

static bool read_key(lua_State *L, int index, key *k) {
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
      k->kind = IS_NUMBER;
      k->whole = lua_isinteger(L, index);
      if (k->whole) k->integer = lua_tointeger(L, index);
      else k->number = lua_tonumber(L, index);
      return true;
    case LUA_TSTRING:
      k->kind = IS_TEXT;
      k->text = lua_tolstring(L, index, &k->count);
      return true;
    case LUA_TBOOLEAN:
      k->kind = IS_TRUTH;
      k->whole = true;
      k->integer = lua_toboolean(L, index);
      return true;
    case LUA_TUSERDATA:
      k->kind = IS_HANDLE;
      k->whole = true;
      k->integer = *(lua_Integer *)lua_touserdata(L, index);
      return true;
    default: return false;
  }
}

static int refuse_key(lua_State *L, int index) {
  lua_pushfstring(L, "a table with a %s as a key has no order to go through it; use texts, numbers or hosts as keys",
                  luaL_typename(L, index));
  return clua_raise(L, "usage", lua_tostring(L, -1));
}

/* upvalues: keys, position, how many */
static int step(lua_State *L) {
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(2)), count = lua_tointeger(L, lua_upvalueindex(3));
  lua_settop(L, 1);
  while (at < count) {
    lua_rawgeti(L, lua_upvalueindex(1), ++at);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL) {
      lua_pushinteger(L, at);
      lua_replace(L, lua_upvalueindex(2));
      return 2;
    }
    lua_settop(L, 1); /* taken away on the way */
  }
  lua_pushnil(L);
  return 1;
}

/* The keys in order, as they are now: numbers, texts, truths, hosts by number. */
static int l_pairs(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  size_t total = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) total++;
  key *keys = lua_newuserdatauv(L, total * sizeof *keys + 1, 0);
  lua_createtable(L, (int)total, 0);
  int slot = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    key *k = &keys[slot];
    if (!read_key(L, -2, k)) return refuse_key(L, -2);
    k->slot = ++slot;
    lua_pushvalue(L, -2);
    lua_rawseti(L, 3, slot);
  }
  qsort(keys, total, sizeof *keys, by_key);
  clua_charge(L, (int64_t)total * 4);
  lua_createtable(L, (int)total, 0);
  for (size_t i = 0; i < total; i++) {
    lua_rawgeti(L, 3, keys[i].slot);
    lua_rawseti(L, 4, (lua_Integer)i + 1);
  }
  lua_pushinteger(L, 0);
  lua_pushinteger(L, (lua_Integer)total);
  lua_pushcclosure(L, step, 3);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* The first key in order: enough to ask whether a table is empty. */
static int l_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (!lua_isnoneornil(L, 2)) return clua_raise(L, "usage", "next(t, key) is not here: go through a table with pairs");
  lua_settop(L, 1);
  lua_pushnil(L); /* 2: the least key so far */
  key least, other;
  bool found = false;
  int64_t total = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    memset(&other, 0, sizeof other);
    if (!read_key(L, -2, &other)) return refuse_key(L, -2);
    total++;
    if (found && by_key(&other, &least) >= 0) continue;
    least = other;
    found = true;
    lua_pushvalue(L, -2);
    lua_replace(L, 2);
  }
  clua_charge(L, total);
  if (!found) return 1;
  lua_pushvalue(L, 2);
  lua_rawget(L, 1);
  return 2;
}

/* ---- the rest ------------------------------------------------------------------------------------------------ */

static bool has_field(lua_State *L, int table, const char *name) {
  lua_pushstring(L, name);
  bool found = lua_rawget(L, table) != LUA_TNIL;
  lua_pop(L, 1);
  return found;
}

static int l_setmetatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
  if (lua_istable(L, 2) && has_field(L, 2, "__gc")) return clua_raise(L, "usage", "__gc is not here; use a <close> variable");
  if (lua_istable(L, 2) && has_field(L, 2, "__mode")) return clua_raise(L, "usage", "weak tables are not here: two runs would differ");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

static int l_collectgarbage(lua_State *L) {
  if (strcmp(luaL_optstring(L, 1, "count"), "count") != 0) return clua_raise(L, "usage", "collectgarbage only knows \"count\" here");
  lua_pushnumber(L, (lua_Number)clua_of(L)->used / 1024);
  return 1;
}

static void take(lua_State *L, const char *from, const char *const *names) {
  lua_getglobal(L, from);
  for (; *names; names++) {
    lua_getfield(L, -1, *names);
    lua_setfield(L, -3, *names);
  }
  lua_pop(L, 1);
}

void clua_base_library(lua_State *L) {
  static const char *const base[] = {"assert", "error", "getmetatable", "ipairs", "rawequal", "rawget", "rawlen", "rawset",
                                     "select", "tonumber", "type", NULL};
  static const char *const math[] = {"abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log",
                                     "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "sin", "sqrt", "tan",
                                     "tointeger", "type", "ult", NULL};
  static const char *const utf8[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
  static const luaL_Reg own[] = {{"pcall", l_pcall}, {"xpcall", l_xpcall}, {"tostring", l_tostring}, {"pairs", l_pairs},
                                 {"next", l_next}, {"setmetatable", l_setmetatable}, {"collectgarbage", l_collectgarbage},
                                 {NULL, NULL}};
  luaL_requiref(L, "_G", luaopen_base, 1);
  luaL_requiref(L, "math", luaopen_math, 1);
  luaL_requiref(L, "utf8", luaopen_utf8, 1);
  lua_pop(L, 3);
  take(L, "_G", base);
  luaL_setfuncs(L, own, 0);
  lua_newtable(L);
  take(L, "math", math);
  lua_setfield(L, -2, "math");
  lua_newtable(L);
  take(L, "utf8", utf8);
  lua_setfield(L, -2, "utf8");
  lua_getglobal(L, "math");
  lua_getfield(L, -1, "randomseed");
  lua_setfield(L, -3, "randomseed");
  lua_pop(L, 1);
}
