/* Wraps stock functions so that what they read is counted first, because the hook does not see their loops. */
#include "inside.h"

/* upvalues: the function's own upvalue, the function, and the bits for the arguments whose text it does not read. The function runs in this
 * same frame, so that its errors mention it and its arguments as usual. */
static int guarded(lua_State *L) {
  int top = lua_gettop(L);
  uint64_t unread = (uint64_t)lua_tointeger(L, lua_upvalueindex(3));
  int64_t cost = 1 + top / 4;
  if (unread != CLUA_UNREAD_ALL)
    for (int i = 1; i <= top; i++)
      if ((i > 63 || !(unread >> i & 1)) && lua_type(L, i) == LUA_TSTRING) cost += (int64_t)(lua_rawlen(L, i) / 4);
  clua_charge(L, cost);
  int results = lua_tocfunction(L, lua_upvalueindex(2))(L);
  if (results > 8) clua_owe(L, results / 4);
  return results;
}

void clua_guard(lua_State *L, uint64_t unread) {
  lua_CFunction function = lua_tocfunction(L, -1);
  if (!lua_getupvalue(L, -1, 1)) lua_pushnil(L);
  lua_remove(L, -2);
  lua_pushcfunction(L, function);
  lua_pushinteger(L, (lua_Integer)unread);
  lua_pushcclosure(L, guarded, 3);
}
