/* The table library, bounded: stock functions behind guards, since their loops are out of the hook's sight. */
#include "inside.h"

static void guard_table(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  if (lua_getmetatable(L, index)) {
    static const char *const refused[] = {"__len", "__index", "__newindex", NULL};
    for (int i = 0; refused[i]; i++) {
      lua_pushstring(L, refused[i]);
      if (lua_rawget(L, -2) != LUA_TNIL) luaL_error(L, "table functions work on plain tables; this one has %s", refused[i]);
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  lua_Unsigned length = lua_rawlen(L, index);
  if (length > CLUA_LARGEST) luaL_error(L, "the table is too large");
  clua_charge(L, (int64_t)length / 8);
}

static int call_stock(lua_State *L) {
  int arguments = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, arguments, LUA_MULTRET);
  return lua_gettop(L);
}

static int guarded(lua_State *L) {
  guard_table(L, 1);
  return call_stock(L);
}

static int guarded_range(lua_State *L) {
  int first = (int)lua_tointeger(L, lua_upvalueindex(2));
  guard_table(L, 1);
  if (!lua_isnoneornil(L, first + 1)) {
    lua_Integer from = luaL_optinteger(L, first, 1), to = luaL_checkinteger(L, first + 1);
    if (to > from && (lua_Unsigned)to - (lua_Unsigned)from > CLUA_LARGEST) return luaL_error(L, "too many elements");
  }
  return call_stock(L);
}

static int guarded_move(lua_State *L) {
  guard_table(L, 1);
  lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3);
  if (to > from && (lua_Unsigned)to - (lua_Unsigned)from > CLUA_LARGEST) return luaL_error(L, "too many elements");
  if (to > from) clua_charge(L, (int64_t)(to - from) / 4);
  if (!lua_isnoneornil(L, 5)) guard_table(L, 5);
  return call_stock(L);
}

static int guarded_sort(lua_State *L) {
  guard_table(L, 1);
  int64_t length = (int64_t)lua_rawlen(L, 1), cost = length;
  if (length > 1000000) return luaL_error(L, "the table is too large to sort");
  for (int64_t n = length; n > 1; n /= 2) cost += length;
  clua_charge(L, cost);
  return call_stock(L);
}

static void guard(lua_State *L, const char *name, lua_CFunction function, int number) {
  lua_getfield(L, -2, name);
  lua_pushinteger(L, number);
  lua_pushcclosure(L, function, 2);
  lua_setfield(L, -2, name);
}

void clua_table_library(lua_State *L) {
  luaL_requiref(L, "table", luaopen_table, 0);
  lua_newtable(L);
  guard(L, "insert", guarded, 0);
  guard(L, "remove", guarded, 0);
  guard(L, "concat", guarded_range, 3);
  guard(L, "unpack", guarded_range, 2);
  guard(L, "move", guarded_move, 0);
  guard(L, "sort", guarded_sort, 0);
  lua_getfield(L, -2, "pack");
  lua_setfield(L, -2, "pack");
  lua_remove(L, -2);
  lua_setfield(L, -2, "table");
}
