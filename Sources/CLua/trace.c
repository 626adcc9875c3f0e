/* Where in a recipe something happened: only frames of the recipe's code, across the coroutines of a task. */
#include "inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char clua_key_error;

/* Chunks of ours are named "=[lander]…"; a recipe's are "@path". */
bool clua_is_recipe(const lua_Debug *ar) { return ar->source[0] == '@'; }

typedef struct {
  char *text;
  size_t count, room;
  int frames;
} lines;

static void add_line(lines *l, const char *line) {
  size_t count = strlen(line), need = l->count + count + 2;
  if (need > l->room) {
    size_t room = need * 2;
    char *grown = realloc(l->text, room);
    if (!grown) return;
    l->text = grown;
    l->room = room;
  }
  if (l->count) l->text[l->count++] = '\n';
  memcpy(l->text + l->count, line, count + 1);
  l->count += count;
  l->frames++;
}

#define MOST 40     /* frames that are kept */
#define HIGHEST 100 /* levels that are searched from the top, */
#define LOWEST 20   /* and from the bottom, because finding a level costs as much as its number */

/* Returns the number of levels. */
static int count_levels(lua_State *L) {
  lua_Debug ar;
  int below = 1, above = 0;
  while (lua_getstack(L, below, &ar)) {
    above = below;
    below *= 2;
  }
  while (above + 1 < below) {
    int middle = above + (below - above) / 2;
    if (lua_getstack(L, middle, &ar)) above = middle;
    else below = middle;
  }
  return below;
}

static void add_frame(lines *l, lua_State *L, lua_Debug *ar, const char *title, char *last, bool always) {
  char line[512];
  if (!lua_getinfo(L, "nSl", ar)) return;
  int n = snprintf(line, sizeof line, "%s:%d", ar->source + 1, ar->currentline);
  if (n < 0 || (size_t)n >= sizeof line) return;
  size_t left = sizeof line - (size_t)n;
  if (title) snprintf(line + n, left, " in %s", title);
  else if (strcmp(ar->what, "main") == 0) snprintf(line + n, left, " in the file itself");
  else if (ar->name) snprintf(line + n, left, " in %s", ar->name);
  else snprintf(line + n, left, " in the function of line %d", ar->linedefined);
  if (strcmp(line, last) == 0) return; /* in a recursion, a line is shown once */
  memcpy(last, line, sizeof line);
  if (l->frames < MOST || always) add_line(l, line);
}

static void add_frames(lines *l, lua_State *L, const char *title) {
  lua_Debug ar;
  char last[512] = "";
  int count = count_levels(L), bottom = -1;
  clua_owe(L, 100);
  for (int level = count - 1; level >= 0 && level > count - 1 - LOWEST && bottom < 0; level--)
    if (lua_getstack(L, level, &ar) && lua_getinfo(L, "S", &ar) && clua_is_recipe(&ar)) bottom = level;
  for (int level = 0; level < count && level < HIGHEST; level++) {
    if (!lua_getstack(L, level, &ar)) break;
    if (!lua_getinfo(L, "S", &ar) || !clua_is_recipe(&ar)) continue;
    clua_owe(L, 50);
    add_frame(l, L, &ar, level == bottom ? title : NULL, last, level == bottom);
  }
  if (bottom >= HIGHEST && lua_getstack(L, bottom, &ar)) add_frame(l, L, &ar, title, last, true);
}

char *clua_frames(lua_State *L) {
  lines l = {0};
  add_frames(&l, L, NULL);
  return l.text;
}

static const char *raw_text(lua_State *L, void *key, int64_t number) {
  const char *text = NULL;
  if (!lua_checkstack(L, 3)) return NULL;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TTABLE) {
    if (lua_rawgeti(L, -1, number) == LUA_TSTRING) text = lua_tostring(L, -1); /* anchored in the table */
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return text;
}

const char *clua_origin(lua_State *L, clua_task *t) { return t ? raw_text(L, &clua_key_origins, t->function) : NULL; }

char *clua_trace(lua_State *L, clua_task *t) {
  lines l = {0};
  const char *title = t ? raw_text(L, &clua_key_titles, t->function) : NULL;
  if (t && t->inner) add_line(&l, t->inner);
  add_frames(&l, L, !t || L == t->co ? title : NULL);
  if (!t) return l.text;
  for (int i = t->depth - 1; i >= 0; i--)
    if (t->chain[i] != L) add_frames(&l, t->chain[i], NULL);
  if (L != t->co) add_frames(&l, t->co, title);
  const char *origin = clua_origin(L, t);
  if (origin) {
    char first[600];
    size_t end = strcspn(origin, "\n");
    snprintf(first, sizeof first, "started from %.*s", (int)(end < 500 ? end : 500), origin);
    add_line(&l, first);
    if (origin[end]) add_line(&l, origin + end + 1);
  }
  return l.text;
}

static bool lacks(lua_State *L, int table, const char *field) {
  lua_pushstring(L, field);
  bool missing = lua_rawget(L, table) == LUA_TNIL;
  lua_pop(L, 1);
  return missing;
}

static void set_text(lua_State *L, int table, const char *field, const char *value) {
  lua_pushstring(L, field);
  lua_pushstring(L, value);
  lua_rawset(L, table);
}

void clua_locate(lua_State *L) {
  clua_task *t = TASK(L);
  int table = lua_gettop(L), line;
  char file[256], place[300];
  clua_owe(L, 200);
  luaL_checkstack(L, 6, NULL);
  if (lacks(L, table, "where") && (clua_where(L, t, NULL, file, sizeof file, &line) || clua_own_place(L, t, file, sizeof file, &line))) {
    snprintf(place, sizeof place, "%s:%d", file, line);
    set_text(L, table, "where", place);
  }
  if (lacks(L, table, "traceback")) {
    char *trace = clua_trace(L, t);
    if (trace) set_text(L, table, "traceback", trace);
    free(trace);
  }
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_key_error) == LUA_TTABLE) lua_setmetatable(L, table);
  else lua_pop(L, 1);
}

int clua_raise(lua_State *L, const char *kind, const char *message) {
  luaL_checkstack(L, 6, NULL);
  lua_createtable(L, 0, 4);
  int table = lua_gettop(L);
  set_text(L, table, "kind", kind);
  set_text(L, table, "message", message);
  clua_locate(L);
  return lua_error(L);
}

/* Splits "deploy.lua:3: message" into the place and the message. */
static void split_place(lua_State *L, int table, const char *message) {
  const char *colon = strchr(message, ':');
  if (!colon || colon == message || colon - message > 200) return;
  for (const char *c = message; c < colon; c++)
    if (*c == '\n' || *c == ' ') return;
  size_t digits = strspn(colon + 1, "0123456789");
  if (digits == 0 || strncmp(colon + 1 + digits, ": ", 2) != 0) return;
  lua_pushliteral(L, "where");
  lua_pushlstring(L, message, (size_t)(colon - message) + 1 + digits);
  lua_rawset(L, table);
  set_text(L, table, "message", colon + digits + 3);
}

/* The last function that sees an error before the stack that led to it is gone. Other objects are read without metamethods. */
int clua_handler(lua_State *L) {
  const char *message;
  lua_settop(L, 1);
  luaL_checkstack(L, 6, NULL);
  if (lua_type(L, 1) == LUA_TTABLE) {
    bool ours = lua_getmetatable(L, 1) && lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_key_error) && lua_rawequal(L, -1, -2);
    lua_settop(L, 1);
    lua_pushliteral(L, "message");
    if (ours || lua_rawget(L, 1) == LUA_TSTRING) {
      lua_settop(L, 1);
      clua_locate(L);
      return 1;
    }
    message = "an error that is a table without a message";
  } else if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER) {
    message = lua_tostring(L, 1);
  } else {
    message = lua_isnil(L, 1) ? "an error without a value" : "an error that is no text";
  }
  lua_createtable(L, 0, 4);
  set_text(L, lua_gettop(L), "kind", "error");
  set_text(L, lua_gettop(L), "message", message);
  split_place(L, lua_gettop(L), message);
  clua_locate(L);
  return 1;
}

/* raise(error) */
static int l_raise(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  clua_locate(L);
  return lua_error(L);
}

static int l_trace(lua_State *L) {
  clua_charge(L, 1);
  char *trace = clua_trace(L, TASK(L));
  lua_pushstring(L, trace ? trace : "");
  free(trace);
  return 1;
}

/* errors(metatable): sets the metatable of error objects */
static int l_errors(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  clua_check_metatable(L, 1);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clua_key_error);
  return 0;
}

void clua_trace_library(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"raise", l_raise}, {"trace", l_trace}, {"errors", l_errors}, {"located", clua_handler}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  clua_place_functions(L);
}
