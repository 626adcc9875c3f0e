/* Protected calls. Limits and cancellations pass through them. */
#include "inside.h"
#include <stdlib.h>

bool clua_is_full(lua_State *L, int status) { return status == LUA_ERRMEM && TASK(L) && clua_of(L)->refusal != CLUA_LONG_TEXT; }

int clua_full(lua_State *L) {
  clua_state *s = clua_of(L);
  clua_task *t = TASK(L);
  /* A refusal can cost more than the rest of the budget, and <close> variables still have to run. */
  if (!(t->flags & (CLUA_FULL | CLUA_SPENT)) && t->budget < s->limits.cleanup) t->budget = s->limits.cleanup;
  t->flags |= CLUA_FULL;
  luaL_checkstack(L, 6, NULL);
  lua_createtable(L, 0, 3);
  lua_pushliteral(L, "limit");
  lua_setfield(L, -2, "kind");
  lua_pushstring(L, clua_refusal(s));
  lua_setfield(L, -2, "message");
  if (s->refused[0]) {
    lua_pushstring(L, s->refused);
    lua_setfield(L, -2, "where");
  }
  return lua_error(L);
}

static int finish(lua_State *L, int status, lua_KContext how) {
  int before = (int)how & 15, below = (int)how >> 4;
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - below;
  if (clua_passes(L, before)) return lua_error(L);
  if (clua_is_full(L, status)) return clua_full(L);
  clua_task *t = TASK(L);
  if (t) {
    free(t->inner);
    t->inner = NULL;
  }
  if (status == LUA_ERRMEM) lua_pushstring(L, clua_refusal(clua_of(L)));
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
  int how = before | (2 << 4);
  return finish(L, lua_pcallk(L, arguments, LUA_MULTRET, 2, how, finish), how);
}

void clua_protect_functions(lua_State *L) {
  static const luaL_Reg functions[] = {{"pcall", l_pcall}, {"xpcall", l_xpcall}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
