/* The table library, bounded. The hook does not see its loops, so each loop first charges for its whole length. */
#include "inside.h"

static lua_Integer guard_table(lua_State *L, int index) {
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
  if (length > CLUA_LARGEST) luaL_error(L, "the table is too large: a table function handles 1,000,000 elements");
  return (lua_Integer)length;
}

/* Returns the whole number in an argument. A string of digits costs its length. */
static lua_Integer whole(lua_State *L, int index, lua_Integer standard) {
  if (lua_type(L, index) == LUA_TSTRING) clua_charge(L, (int64_t)(lua_rawlen(L, index) / 4));
  return luaL_optinteger(L, index, standard);
}

static void charge_range(lua_State *L, lua_Integer from, lua_Integer to) {
  if (to < from) return clua_charge(L, 1);
  lua_Unsigned elements = (lua_Unsigned)to - (lua_Unsigned)from;
  if (elements >= CLUA_LARGEST) luaL_error(L, "too many elements: a table function handles 1,000,000");
  clua_charge(L, 1 + (int64_t)elements / 2);
}

static int stock(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static int l_insert(lua_State *L) {
  lua_Integer length = guard_table(L, 1);
  charge_range(L, lua_gettop(L) > 2 ? whole(L, 2, length + 1) : length + 1, length + 1);
  return stock(L);
}

static int l_remove(lua_State *L) {
  lua_Integer length = guard_table(L, 1);
  charge_range(L, lua_gettop(L) > 1 ? whole(L, 2, length) : length, length);
  return stock(L);
}

static int l_concat(lua_State *L) {
  lua_Integer length = guard_table(L, 1);
  charge_range(L, whole(L, 3, 1), whole(L, 4, length));
  return stock(L);
}

static int l_unpack(lua_State *L) {
  lua_Integer length = guard_table(L, 1), from = whole(L, 2, 1), to = whole(L, 3, length);
  charge_range(L, from, to);
  if (to >= from && to - from >= CLUA_RESULTS) return luaL_error(L, "too many results to unpack: 10,000 at most");
  return stock(L);
}

static int l_move(lua_State *L) {
  guard_table(L, 1);
  if (!lua_isnoneornil(L, 5)) guard_table(L, 5);
  whole(L, 4, 0);
  charge_range(L, whole(L, 2, 0), whole(L, 3, 0));
  return stock(L);
}

static int l_pack(lua_State *L) {
  clua_charge(L, 1 + lua_gettop(L) / 4);
  return stock(L);
}

/* ---- sort ---------------------------------------------------------------------------------------------------- */

enum { SUBJECT = 1, ORDER, FROM, INTO };

static bool comes_before(lua_State *L, int one, int other) {
  if (lua_isnil(L, ORDER)) return lua_compare(L, one, other, LUA_OPLT);
  lua_pushvalue(L, ORDER);
  lua_pushvalue(L, one);
  lua_pushvalue(L, other);
  lua_call(L, 2, 1);
  bool before = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return before;
}

/* Merges two sorted runs. Equal elements keep their order. */
static void merge(lua_State *L, int from, int into, lua_Integer left, lua_Integer right, lua_Integer end) {
  lua_Integer a = left, b = right, at = left;
  while (a < right && b < end) {
    lua_rawgeti(L, from, a);
    lua_rawgeti(L, from, b);
    bool second = comes_before(L, lua_gettop(L), lua_gettop(L) - 1);
    if (!second) lua_pop(L, 1);
    lua_rawseti(L, into, at++);
    if (second) lua_pop(L, 1);
    if (second) b++;
    else a++;
  }
  for (; a < right; a++) {
    lua_rawgeti(L, from, a);
    lua_rawseti(L, into, at++);
  }
  for (; b < end; b++) {
    lua_rawgeti(L, from, b);
    lua_rawseti(L, into, at++);
  }
}

/* Charges for n log n elements, and for the bytes of strings as often as the strings might be compared. */
static void charge_sort(lua_State *L, lua_Integer length) {
  int64_t cost = 0, bytes = 0;
  clua_charge(L, length);
  for (lua_Integer i = 1; i <= length; i++) {
    if (lua_rawgeti(L, SUBJECT, i) == LUA_TSTRING) bytes += (int64_t)lua_rawlen(L, -1);
    lua_pop(L, 1);
  }
  for (lua_Integer n = length; n > 0; n /= 2) cost += length + bytes / 16;
  clua_charge(L, cost);
}

/* Lua's own sort depends on the clock if a list is large, so equal elements could come out in a different order each time. */
static int l_sort(lua_State *L) {
  lua_Integer length = guard_table(L, SUBJECT);
  if (!lua_isnoneornil(L, ORDER)) luaL_checktype(L, ORDER, LUA_TFUNCTION);
  lua_settop(L, ORDER);
  if (length < 2) return 0;
  charge_sort(L, length);
  lua_createtable(L, (int)length, 0);
  lua_createtable(L, (int)length, 0);
  for (lua_Integer i = 1; i <= length; i++) {
    lua_rawgeti(L, SUBJECT, i);
    lua_rawseti(L, FROM, i);
  }
  int from = FROM, into = INTO;
  for (lua_Integer run = 1; run < length; run *= 2) {
    for (lua_Integer left = 1; left <= length; left += 2 * run) {
      lua_Integer right = left + run, end = right + run;
      merge(L, from, into, left, right < length + 1 ? right : length + 1, end < length + 1 ? end : length + 1);
    }
    int swapped = from;
    from = into;
    into = swapped;
  }
  for (lua_Integer i = 1; i <= length; i++) {
    lua_rawgeti(L, from, i);
    lua_rawseti(L, SUBJECT, i);
  }
  return 0;
}

void clua_table_library(lua_State *L) {
  static const luaL_Reg own[] = {{"insert", l_insert}, {"remove", l_remove}, {"concat", l_concat}, {"unpack", l_unpack},
                                 {"move", l_move},     {"pack", l_pack},     {NULL, NULL}};
  luaL_requiref(L, "table", luaopen_table, 0);
  lua_newtable(L);
  for (const luaL_Reg *one = own; one->name; one++) {
    lua_getfield(L, -2, one->name);
    lua_pushcclosure(L, one->func, 1);
    lua_setfield(L, -2, one->name);
  }
  lua_pushcfunction(L, l_sort);
  lua_setfield(L, -2, "sort");
  lua_remove(L, -2);
  lua_setfield(L, -2, "table");
}
