/* The base library: the functions that recipes are allowed to use, and those that had to be written anew. */
#include "inside.h"
#include <string.h>

const char *clua_text(lua_State *L, int index, size_t *count) {
  if (luaL_callmeta(L, index, "__tostring")) {
    if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
    return lua_tolstring(L, -1, count);
  }
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
    case LUA_TSTRING:
    case LUA_TBOOLEAN:
    case LUA_TNIL: return luaL_tolstring(L, index, count);
    default:
      if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) return lua_tolstring(L, -1, count);
      lua_pushstring(L, luaL_typename(L, index));
      return lua_tolstring(L, -1, count);
  }
}

static int l_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  clua_charge(L, 1);
  clua_text(L, 1, NULL);
  return 1;
}

/* The memory in use differs between two states that have read the same sources, so recipes do not get the true number. */
static int l_collectgarbage(lua_State *L) {
  if (strcmp(luaL_optstring(L, 1, "count"), "count") != 0) return clua_raise(L, "usage", "collectgarbage only knows \"count\" here");
  clua_charge(L, 1);
  lua_pushnumber(L, 0);
  return 1;
}

/* To compare equal strings, Lua has to look at every byte. */
static int l_rawequal(lua_State *L) {
  luaL_checkany(L, 1);
  luaL_checkany(L, 2);
  bool texts = lua_type(L, 1) == LUA_TSTRING && lua_type(L, 2) == LUA_TSTRING && lua_rawlen(L, 1) == lua_rawlen(L, 2);
  clua_charge(L, 1 + (texts ? (int64_t)(lua_rawlen(L, 1) / 16) : 0));
  lua_pushboolean(L, lua_rawequal(L, 1, 2));
  return 1;
}

typedef struct {
  const char *name;
  uint64_t unread;
} stock;
#define ARGUMENT(n) ((uint64_t)1 << (n))

/* Moves functions from the library on top to the table below it. */
static void take(lua_State *L, const stock *functions) {
  for (; functions->name; functions++) {
    lua_getfield(L, -1, functions->name);
    if (lua_iscfunction(L, -1)) clua_guard(L, functions->unread);
    lua_setfield(L, -3, functions->name);
  }
  lua_pop(L, 1);
}

static void add_math(lua_State *L) {
  static const stock functions[] = {{"abs", 0},        {"acos", 0}, {"asin", 0}, {"atan", 0},       {"ceil", 0},
                                    {"cos", 0},        {"deg", 0},  {"exp", 0},  {"floor", 0},      {"fmod", 0},
                                    {"huge", 0},       {"log", 0},  {"max", 0},  {"maxinteger", 0}, {"min", 0},
                                    {"mininteger", 0}, {"modf", 0}, {"pi", 0},   {"rad", 0},        {"random", 0},
                                    {"sin", 0},        {"sqrt", 0}, {"tan", 0},  {"tointeger", 0},  {"type", CLUA_UNREAD_ALL},
                                    {"ult", 0},        {NULL, 0}};
  luaL_requiref(L, "math", luaopen_math, 0);
  lua_getfield(L, -1, "randomseed");
  lua_setfield(L, -3, "randomseed");
  lua_newtable(L);
  lua_insert(L, -2);
  take(L, functions);
  lua_setfield(L, -2, "math");
}

void clua_base_library(lua_State *L) {
  static const stock functions[] = {{"assert", CLUA_UNREAD_ALL},
                                    {"error", ARGUMENT(1)},
                                    {"rawget", 0},
                                    {"rawlen", CLUA_UNREAD_ALL},
                                    {"rawset", ARGUMENT(3)},
                                    {"select", ~ARGUMENT(1)},
                                    {"tonumber", 0},
                                    {"type", CLUA_UNREAD_ALL},
                                    {NULL, 0}};
  static const luaL_Reg own[] = {{"tostring", l_tostring}, {"collectgarbage", l_collectgarbage}, {"rawequal", l_rawequal}, {NULL, NULL}};
  luaL_requiref(L, "_G", luaopen_base, 1);
  take(L, functions);
  luaL_setfuncs(L, own, 0);
  clua_protect_functions(L);
  clua_key_functions_of_tables(L);
  clua_meta_functions(L);
  add_math(L);
  clua_utf8_library(L);
}
