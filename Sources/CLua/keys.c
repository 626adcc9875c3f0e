/* Iteration over tables: pairs and next in the order of keys, and ipairs. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>

enum { IS_NUMBER, IS_TEXT, IS_TRUTH, IS_HANDLE };
typedef struct {
  int kind, slot;
  bool whole;
  lua_Integer integer;
  lua_Number number;
  const char *text;
  size_t count;
} key;

/* An exact order of whole numbers and other numbers, even beyond 2^53. */
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
  memset(k, 0, sizeof *k);
  k->whole = true;
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
      k->integer = lua_toboolean(L, index);
      return true;
    case LUA_TUSERDATA:
      if (lua_rawlen(L, index) != sizeof(lua_Integer)) return false;
      k->kind = IS_HANDLE;
      k->integer = *(lua_Integer *)lua_touserdata(L, index);
      return true;
    default: return false;
  }
}

/* Refuses the table at index 1. If there are keys of several types, the order in which Lua goes through them must not show. */
static int refuse_key(lua_State *L) {
  key k;
  const char *type = NULL;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    clua_charge(L, 1);
    if (!read_key(L, -2, &k) && (!type || strcmp(luaL_typename(L, -2), type) < 0)) type = luaL_typename(L, -2);
  }
  lua_pushfstring(L, "a table with a %s as a key has no order to go through it; use texts, numbers or hosts as keys", type);
  return clua_raise(L, "usage", lua_tostring(L, -1));
}

/* upvalues: keys, position, number of keys, the table. The arguments are ignored. */
static int step(lua_State *L) {
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(2)), count = lua_tointeger(L, lua_upvalueindex(3));
  clua_charge(L, 1);
  lua_settop(L, 0);
  while (at < count) {
    lua_rawgeti(L, lua_upvalueindex(1), ++at);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, lua_upvalueindex(4)) != LUA_TNIL) {
      lua_pushinteger(L, at);
      lua_replace(L, lua_upvalueindex(2));
      return 2;
    }
    lua_settop(L, 0); /* removed meanwhile */
  }
  lua_pushinteger(L, count);
  lua_replace(L, lua_upvalueindex(2));
  lua_pushnil(L);
  return 1;
}

/* Fills keys and a list of them (index 3) from the table (index 1). Returns their number, at most `room`. */
static int collect(lua_State *L, key *keys, int room) {
  int found = 0;
  int64_t bytes = 0, cost = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    if (found == room) continue;
    key *k = &keys[found];
    if (!read_key(L, -2, k)) return refuse_key(L);
    clua_charge(L, 4);
    k->slot = ++found;
    bytes += (int64_t)k->count;
    lua_pushvalue(L, -2);
    lua_rawseti(L, 3, found);
  }
  for (int n = found; n > 1; n /= 2) cost += bytes / 16 + found / 2; /* the cost of sorting them */
  clua_charge(L, cost);
  return found;
}

static int after_pairs(lua_State *L, int status, lua_KContext context) {
  (void)L, (void)status, (void)context;
  return 3;
}

/* Visits the keys that exist now, in order: numbers, strings, booleans, and hosts by number. A value of the prelude can list its own
 * members. */
static int l_pairs(lua_State *L) {
  if (lua_type(L, 1) == LUA_TUSERDATA && luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    clua_charge(L, 1);
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, 0, after_pairs);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  clua_charge(L, clua_slots(L, 1) / 2);
  int total = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    clua_charge(L, 1); /* names with the same hash make each step slow */
    total++;
  }
  key *keys = lua_newuserdatauv(L, (size_t)total * sizeof *keys + 1, 0);
  lua_createtable(L, total, 0);
  total = collect(L, keys, total);
  qsort(keys, (size_t)total, sizeof *keys, by_key);
  lua_createtable(L, total, 0);
  for (int i = 0; i < total; i++) {
    lua_rawgeti(L, 3, keys[i].slot);
    lua_rawseti(L, 4, i + 1);
  }
  lua_pushinteger(L, 0);
  lua_pushinteger(L, total);
  lua_pushvalue(L, 1);
  lua_pushcclosure(L, step, 4);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* Returns the first key in order, which is enough to find out whether a table is empty. */
static int l_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (!lua_isnoneornil(L, 2)) return clua_raise(L, "usage", "next(t, key) is not here: go through a table with pairs");
  lua_settop(L, 1);
  clua_charge(L, clua_slots(L, 1) / 2);
  lua_pushnil(L); /* 2: the smallest key so far */
  key least, other;
  bool found = false;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    if (!read_key(L, -2, &other)) return refuse_key(L);
    clua_charge(L, 1 + (int64_t)(other.count / 16));
    if (found && by_key(&other, &least) >= 0) continue;
    least = other;
    found = true;
    lua_pushvalue(L, -2);
    lua_replace(L, 2);
  }
  if (!found) return 1;
  lua_pushvalue(L, 2);
  lua_rawget(L, 1);
  return 2;
}

static int ipairs_step(lua_State *L) {
  luaL_argexpected(L, lua_isinteger(L, 2), 2, "whole number");
  clua_charge(L, 1);
  lua_Integer at = (lua_Integer)((lua_Unsigned)lua_tointeger(L, 2) + 1);
  lua_settop(L, 1);
  lua_pushinteger(L, at);
  return lua_geti(L, 1, at) == LUA_TNIL ? 1 : 2;
}

static int l_ipairs(lua_State *L) {
  luaL_checkany(L, 1);
  clua_charge(L, 1);
  lua_settop(L, 1);
  lua_pushcfunction(L, ipairs_step);
  lua_insert(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

void clua_key_functions_of_tables(lua_State *L) {
  static const luaL_Reg functions[] = {{"pairs", l_pairs}, {"next", l_next}, {"ipairs", l_ipairs}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
