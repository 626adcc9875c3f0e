/* Metatables of recipes. Some fields are refused: __gc runs code that nothing counts, __mode makes two runs differ, and a chain of __call
 * never ends within one instruction. Lua reads a metatable whenever it needs it, so such a field could be added later. A table therefore
 * gets a shadow instead. The shadow is a table of our own that no recipe can reach, with the metamethods that the metatable has at the time
 * when it is set. */
#include "inside.h"

static char key_shadows, key_origin;

static const char *const events[] = {"__index", "__newindex", "__call", "__tostring", "__name",   "__metatable", "__close",
                                     "__eq",    "__lt",       "__le",   "__len",      "__concat", "__unm",       "__add",
                                     "__sub",   "__mul",      "__div",  "__mod",      "__pow",    "__idiv",      "__band",
                                     "__bor",   "__bxor",     "__shl",  "__shr",      "__bnot"};
#define EVENTS (int)(sizeof events / sizeof *events)

static bool has_field(lua_State *L, int table, const char *name) {
  lua_pushstring(L, name);
  bool found = lua_rawget(L, table) != LUA_TNIL;
  lua_pop(L, 1);
  return found;
}

void clua_check_metatable(lua_State *L, int index) {
  if (has_field(L, index, "__gc")) clua_raise(L, "usage", "__gc is not here; use a <close> variable");
  if (has_field(L, index, "__mode")) clua_raise(L, "usage", "weak tables are not here: two runs would differ");
}

static void check_setting(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
  lua_settop(L, 2);
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) luaL_error(L, "cannot change a protected metatable");
  if (lua_istable(L, 2)) clua_check_metatable(L, 2);
}

/* Pushes the shadow of the metatable at index 2. A shadow is remembered as long as a table uses it. */
static void push_shadow(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key_shadows);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, 2);
  lua_rawsetp(L, -2, &key_origin);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, -4);
}

/* upvalue 1: the names of the events. The shadow is on top. */
static void fill_shadow(lua_State *L) {
  int shadow = lua_gettop(L);
  for (int i = 1; i <= EVENTS; i++) {
    lua_rawgeti(L, lua_upvalueindex(1), i);
    lua_pushvalue(L, -1);
    int type = lua_rawget(L, 2);
    if (i == 3 && type != LUA_TNIL && type != LUA_TFUNCTION) clua_raise(L, "usage", "__call must be a function");
    bool same = type == LUA_TNIL && !has_field(L, shadow, events[i - 1]);
    if (same) lua_pop(L, 2);
    else lua_rawset(L, shadow);
  }
}

/* setmetatable, for recipes */
static int l_setmetatable(lua_State *L) {
  check_setting(L);
  clua_charge(L, EVENTS);
  if (lua_istable(L, 2)) {
    push_shadow(L);
    fill_shadow(L);
  }
  lua_setmetatable(L, 1);
  lua_settop(L, 1);
  return 1;
}

/* getmetatable, for recipes */
static int l_getmetatable(lua_State *L) {
  luaL_checkany(L, 1);
  clua_charge(L, 1);
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return 1;
  if (!lua_getmetatable(L, 1) || lua_rawgetp(L, -1, &key_origin) != LUA_TTABLE) lua_pushnil(L);
  return 1;
}

/* setmetatable, for the prelude, which later changes fields of its own metatables */
static int l_own_setmetatable(lua_State *L) {
  check_setting(L);
  lua_setmetatable(L, 1);
  return 1;
}

/* Adds `setmetatable` for the prelude, and `for_recipes`, which has the functions that recipes get instead of those with the same names. */
void clua_meta_functions(lua_State *L) {
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key_shadows);
  lua_pushcfunction(L, l_own_setmetatable);
  lua_setfield(L, -2, "setmetatable");
  lua_newtable(L);
  lua_createtable(L, EVENTS, 0);
  for (int i = 0; i < EVENTS; i++) {
    lua_pushstring(L, events[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushcclosure(L, l_setmetatable, 1);
  lua_setfield(L, -2, "setmetatable");
  lua_pushcfunction(L, l_getmetatable);
  lua_setfield(L, -2, "getmetatable");
  lua_setfield(L, -2, "for_recipes");
}
