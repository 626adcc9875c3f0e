/* The utf8 library: stock functions that are charged for the bytes that they read, and an iterator that keeps its state private. */
#include "inside.h"

/* Charges for arguments that should be numbers, because strings of digits are also read as numbers. */
static void charge_rest(lua_State *L) {
  int64_t cost = 1;
  for (int i = 2; i <= lua_gettop(L); i++)
    if (lua_type(L, i) == LUA_TSTRING) cost += (int64_t)(lua_rawlen(L, i) / 4);
  clua_charge(L, cost);
}

/* Returns a position in bytes, counted from 1 and limited to 0 ... count + 1. */
static lua_Integer place(lua_Integer at, size_t count) {
  if (at < 0) at = at < -(lua_Integer)count ? 0 : (lua_Integer)count + at + 1;
  return at > (lua_Integer)count ? (lua_Integer)count + 1 : at;
}

static int stock(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static void charge_range(lua_State *L, lua_Integer from, lua_Integer to) {
  if (to >= from) clua_charge(L, (to - from + 1) / 4);
}

static int l_len(lua_State *L) {
  size_t count;
  luaL_checklstring(L, 1, &count);
  charge_rest(L);
  charge_range(L, place(luaL_optinteger(L, 2, 1), count), place(luaL_optinteger(L, 3, -1), count));
  return stock(L);
}

static int l_codepoint(lua_State *L) {
  size_t count;
  luaL_checklstring(L, 1, &count);
  charge_rest(L);
  lua_Integer from = place(luaL_optinteger(L, 2, 1), count);
  lua_Integer to = place(luaL_optinteger(L, 3, from), count);
  charge_range(L, from, to);
  if (to - from >= CLUA_RESULTS) return luaL_error(L, "string slice too long: 10,000 bytes at most");
  return stock(L);
}

static int l_offset(lua_State *L) {
  size_t count;
  luaL_checklstring(L, 1, &count);
  charge_rest(L);
  lua_Integer characters = luaL_checkinteger(L, 2);
  lua_Integer from = place(luaL_optinteger(L, 3, characters > 0 ? 1 : (lua_Integer)count + 1), count);
  int results = stock(L);
  lua_Integer to = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : characters > 0 ? (lua_Integer)count : 0;
  clua_charge(L, (to > from ? to - from : from - to) / 4);
  return results;
}

/* upvalues: the stock iterator, the text, and where the last character began */
static int next_code(lua_State *L) {
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(3));
  lua_settop(L, 0);
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_pushvalue(L, lua_upvalueindex(3));
  int results = stock(L);
  if (results < 2) return 0;
  lua_Integer now = lua_tointeger(L, -2);
  lua_pushvalue(L, -2);
  lua_replace(L, lua_upvalueindex(3));
  clua_charge(L, 1 + (now - at) / 4);
  return results;
}

static int l_codes(lua_State *L) {
  luaL_checkstring(L, 1);
  lua_settop(L, 2);
  int results = stock(L); /* its iterator, the text, 0 */
  if (results != 3) return luaL_error(L, "utf8.codes gave no iterator");
  lua_pushcclosure(L, next_code, 3);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

void clua_utf8_library(lua_State *L) {
  static const luaL_Reg own[] = {{"len", l_len}, {"codepoint", l_codepoint}, {"offset", l_offset}, {"codes", l_codes}, {NULL, NULL}};
  luaL_requiref(L, "utf8", luaopen_utf8, 0);
  lua_newtable(L);
  lua_getfield(L, -2, "charpattern");
  lua_setfield(L, -2, "charpattern");
  lua_getfield(L, -2, "char");
  clua_guard(L, 0);
  lua_setfield(L, -2, "char");
  for (const luaL_Reg *one = own; one->name; one++) {
    lua_getfield(L, -2, one->name);
    lua_pushcclosure(L, one->func, 1);
    lua_setfield(L, -2, one->name);
  }
  lua_remove(L, -2);
  lua_setfield(L, -2, "utf8");
}
