/* Compiling text of recipes. Some things cost Lua's compiler the square of their number, and nothing stops it on the way. */
#include "inside.h"
#include <ctype.h>
#include <string.h>

#define JUMPS 20000 /* and, or, elseif, break, goto and labels of one source; a long recipe has some hundreds */

static bool is_word(const char *text, size_t count, const char *word, size_t length) {
  return length == strlen(word) && count >= length && memcmp(text, word, length) == 0;
}

static bool is_jump(const char *text, size_t count, size_t length) {
  static const char *const words[] = {"and", "or", "elseif", "break", "goto", NULL};
  for (int i = 0; words[i]; i++)
    if (is_word(text, count, words[i], length)) return true;
  return false;
}

/* What in comments and texts looks like one is counted as well. */
static int count_jumps(const char *text, size_t count) {
  int jumps = 0;
  for (size_t at = 0; at < count && jumps <= JUMPS;) {
    if (text[at] == ':' && at + 1 < count && text[at + 1] == ':') {
      jumps++;
      at += 2;
      continue;
    }
    size_t length = 0;
    while (at + length < count && (isalnum((unsigned char)text[at + length]) || text[at + length] == '_')) length++;
    if (length && is_jump(text + at, count - at, length)) jumps++;
    at += length ? length : 1;
  }
  return jumps;
}

const char *clua_too_much(const char *text, size_t count) {
  if (count > CLUA_SOURCE) return "it is longer than the 1 MB that a text of Lua may have";
  if (count_jumps(text, count) <= JUMPS) return NULL;
  return "it has more than 20,000 times and, or, elseif, break, goto or a label; make it tables, or several files";
}

bool clua_compile(lua_State *L, const char *text, size_t count, const char *name) {
  if (count <= CLUA_SOURCE) clua_charge(L, (int64_t)count * 4);
  const char *why = clua_too_much(text, count);
  if (!why) {
    int64_t jumps = count_jumps(text, count);
    clua_charge(L, jumps * jumps / 16);
  }
  if (why) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s:1: %s", *name == '@' || *name == '=' ? name + 1 : name, why);
    return false;
  }
  if (luaL_loadbufferx(L, text, count, name, "t") == LUA_OK) return true;
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

/* data(text, name) -> a table, from text that has nothing in reach and may run 10,000 instructions */
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
  if (status != LUA_OK) return lua_error(L);
  return 1;
}

void clua_load_library(lua_State *L) {
  static const luaL_Reg functions[] = {{"load", l_load}, {"data", l_data}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
