/* Lines of recipes: where the innermost frame of a recipe is, and where a function is defined. */
#include "inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool first_place(lua_State *L, const char *skip, char *file, size_t room, int *line) {
  lua_Debug ar;
  for (int level = 0; level < 200 && lua_getstack(L, level, &ar); level++) {
    if (!lua_getinfo(L, "Sl", &ar) || !clua_is_recipe(&ar)) continue;
    if (skip && *skip && strncmp(ar.source + 1, skip, strlen(skip)) == 0) continue;
    snprintf(file, room, "%s", ar.source + 1);
    *line = ar.currentline;
    return true;
  }
  return false;
}

bool clua_where(lua_State *L, clua_task *t, const char *skip, char *file, size_t room, int *line) {
  if (first_place(L, skip, file, room, line)) return true;
  if (!t) return false;
  for (int i = t->depth - 1; i >= 0; i--)
    if (t->chain[i] != L && first_place(t->chain[i], skip, file, room, line)) return true;
  return L != t->co && first_place(t->co, skip, file, room, line);
}

/* Reads "deploy.lua:2 in stage warm". */
static bool read_frame(const char *text, char *file, size_t room, int *line) {
  size_t end = text ? strcspn(text, "\n") : 0;
  for (size_t at = 1; at < end; at++) {
    size_t digits = text[at] == ':' ? strspn(text + at + 1, "0123456789") : 0;
    if (digits == 0 || digits > 9 || !strchr(" \n", text[at + 1 + digits])) continue;
    snprintf(file, room, "%.*s", (int)at, text);
    *line = atoi(text + at + 1);
    return true;
  }
  return false;
}

bool clua_own_place(lua_State *L, clua_task *t, char *file, size_t room, int *line) {
  lua_Debug ar;
  if (!t) return false;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_key_functions);
  int top = lua_gettop(L) - 1;
  bool found = lua_rawgeti(L, -1, t->function) == LUA_TFUNCTION && lua_getinfo(L, ">S", &ar) && clua_is_recipe(&ar);
  lua_settop(L, top);
  if (!found) return read_frame(clua_origin(L, t), file, room, line);
  snprintf(file, room, "%s", ar.source + 1);
  *line = ar.linedefined;
  return true;
}

/* where([skip]) -> file, line of the innermost recipe frame whose file does not begin with skip. If skip is not given and there is no such
 * frame, the file and line of the task's function */
static int l_where(lua_State *L) {
  char file[256];
  int line;
  const char *skip = luaL_optstring(L, 1, NULL);
  clua_charge(L, 50);
  if (!clua_where(L, TASK(L), skip, file, sizeof file, &line) && (skip || !clua_own_place(L, TASK(L), file, sizeof file, &line))) return 0;
  lua_pushstring(L, file);
  lua_pushinteger(L, line);
  return 2;
}

/* place(function) -> file, line of its definition */
static int l_place(lua_State *L) {
  lua_Debug ar;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  clua_charge(L, 1);
  lua_getinfo(L, ">S", &ar);
  if (!clua_is_recipe(&ar)) return 0;
  lua_pushstring(L, ar.source + 1);
  lua_pushinteger(L, ar.linedefined > 0 ? ar.linedefined : 1);
  return 2;
}

void clua_place_functions(lua_State *L) {
  static const luaL_Reg functions[] = {{"where", l_where}, {"place", l_place}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
