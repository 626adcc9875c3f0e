/* Compiles the text of recipes. Some things cost Lua's compiler time that grows with the square of their number, and nothing stops it
 * meanwhile. */
#include "inside.h"
#include <string.h>

#define JUMPS 20000 /* and, or, elseif, break, goto and labels of one source; a long recipe has a few hundred */

/* Whether Lua reads a byte as part of a name, whatever the locale is. */
static bool is_part(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/* How often a word stands alone in the text, but at most one more than JUMPS. */
static int64_t count_word(const char *text, size_t count, const char *word) {
  size_t length = strlen(word);
  int64_t found = 0;
  for (const char *at = text, *end = text + count; found <= JUMPS && (at = memmem(at, (size_t)(end - at), word, length)); at += length) {
    if (*word == ':') found++;
    else if ((at == text || !is_part((unsigned char)at[-1])) && (at + length == end || !is_part((unsigned char)at[length]))) found++;
  }
  return found;
}

/* What looks like a jump in comments and texts is counted, too. */
static int64_t count_jumps(const char *text, size_t count) {
  static const char *const words[] = {"and", "or", "elseif", "break", "goto", "::"};
  int64_t jumps = 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) jumps += count_word(text, count, words[i]);
  return jumps;
}

/* The same as clua_too_much. Also gives the number of jumps, if the text is not too long to count them. */
static const char *too_much(const char *text, size_t count, int64_t *jumps) {
  *jumps = 0;
  if (count > CLUA_SOURCE) return "it is longer than the 1 MB that a text of Lua may have";
  *jumps = count_jumps(text, count);
  if (*jumps <= JUMPS) return NULL;
  return "it has more than 20,000 times and, or, elseif, break, goto or a label; make it tables, or several files";
}

const char *clua_too_much(const char *text, size_t count) {
  int64_t jumps;
  return too_much(text, count, &jumps);
}

bool clua_compile(lua_State *L, const char *text, size_t count, const char *name) {
  int64_t jumps;
  if (count <= CLUA_SOURCE) clua_charge(L, (int64_t)count * 4);
  const char *why = too_much(text, count, &jumps);
  if (!why) clua_charge(L, jumps * jumps / 16);
  if (why) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s:1: %s", *name == '@' || *name == '=' ? name + 1 : name, why);
    return false;
  }
  int status = clua_load_text(L, text, count, name);
  if (status == LUA_OK) return true;
  if (clua_is_full(L, status)) clua_full(L);
  lua_pushnil(L);
  lua_insert(L, -2);
  return false;
}

/* load(text, name, environment) -> function, or nil and why not; text only */
static int l_load(lua_State *L) {
  size_t count;
  const char *text = luaL_checklstring(L, 1, &count);
  const char *name = luaL_checkstring(L, 2);
  luaL_checktype(L, 3, LUA_TTABLE);
  if (!clua_compile(L, text, count, name)) return 2;
  lua_pushvalue(L, 3);
  if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  return 1;
}

/* data(text, name) -> a table, from text that has access to nothing and can run 10,000 instructions */
static int l_data(lua_State *L) {
  clua_task *t = TASK(L);
  size_t count;
  const char *text = luaL_checklstring(L, 1, &count), *name = luaL_checkstring(L, 2);
  if (!t || count > 64 * 1024) return luaL_error(L, "it is larger than 64 KiB");
  if (!clua_compile(L, text, count, name)) return lua_error(L);
  lua_newtable(L);
  if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  int64_t left = t->budget, most = left < 10000 ? left : 10000;
  t->budget = most;
  int status = lua_pcall(L, 0, 1, 0);
  if (!(t->flags & CLUA_SPENT)) t->budget += left - most;
  if (clua_is_full(L, status)) return clua_full(L);
  return status == LUA_OK ? 1 : lua_error(L);
}

void clua_load_library(lua_State *L) {
  static const luaL_Reg functions[] = {{"load", l_load}, {"data", l_data}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
