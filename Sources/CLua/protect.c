/* Protected calls. Limits and cancellations pass through them. */
#include "inside.h"
#include <stdlib.h>

enum { BELOW = 0xf0 }; /* the bits of a continuation's context that say how many values are below the results */

bool clua_is_full(lua_State *L, int status) {
  return status == LUA_ERRMEM && clua_flags(L) & CLUA_FULL && clua_of(L)->refusal != CLUA_LONG_TEXT;
}

int clua_full(lua_State *L) {
  clua_task *t = TASK(L);
  luaL_checkstack(L, 6, NULL);
  lua_createtable(L, 0, 3);
  lua_pushliteral(L, "limit");
  lua_setfield(L, -2, "kind");
  lua_pushstring(L, clua_refusal(t->refusal));
  lua_setfield(L, -2, "message");
  if (t->refused[0]) {
    lua_pushstring(L, t->refused);
    lua_setfield(L, -2, "where");
  }
  return lua_error(L);
}

int clua_pass(lua_State *L, int status) {
  if (clua_is_full(L, status)) return clua_full(L);
  if (status != LUA_OK && status != LUA_YIELD) return lua_error(L);
  int flags = clua_flags(L);
  if (flags & CLUA_FULL) return clua_full(L);
  return flags & CLUA_SPENT ? clua_raise(L, "limit", clua_out_of_budget) : clua_raise(L, "cancelled", clua_was_cancelled);
}

static int finish(lua_State *L, int status, lua_KContext how) {
  int before = (int)how & ~BELOW, below = ((int)how & BELOW) / 16;
  if (clua_passes(L, before)) return clua_pass(L, status);
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - below;
  clua_task *t = TASK(L);
  if (t) {
    free(t->inner);
    t->inner = NULL;
  }
  if (status == LUA_ERRMEM) lua_pushstring(L, clua_refusal(clua_of(L)->refusal));
  lua_pushboolean(L, 0);
  lua_pushvalue(L, -2);
  return 2;
}

static int l_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  clua_charge(L, 1 + lua_gettop(L) / 8);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int how = clua_flags(L);
  return finish(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, how, finish), how);
}

/* upvalues: the recipe's handler, and the sticky states when its call began. A limit is raised inside the hook, where nothing counts
 * instructions. So the recipe's handler never sees an error that passes through, because there the handler could run without a limit. */
static int handle(lua_State *L) {
  if (clua_passes(L, (int)lua_tointeger(L, lua_upvalueindex(2)))) return 1;
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static int l_xpcall(lua_State *L) {
  int arguments = lua_gettop(L) - 2, before = clua_flags(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  clua_charge(L, 1 + arguments / 8);
  lua_pushvalue(L, 2);
  lua_pushinteger(L, before);
  lua_pushcclosure(L, handle, 2);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);
  int how = before | (2 * 16);
  return finish(L, lua_pcallk(L, arguments, LUA_MULTRET, 2, how, finish), how);
}

void clua_protect_functions(lua_State *L) {
  static const luaL_Reg functions[] = {{"pcall", l_pcall}, {"xpcall", l_xpcall}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
