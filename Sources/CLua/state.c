/* A state: its memory, its primitives, and the protected functions that enter it. */
#include "inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char clua_key_functions, clua_key_titles, clua_key_origins, clua_key_nesting, clua_key_launch;
static char key_primitives;
char *const clua_keys[CLUA_KEYS] = {&clua_key_functions, &clua_key_titles, &clua_key_origins, &clua_key_nesting}; /* by number */
#define PRELUDE 10000000 /* instructions that reading a file of the prelude can take */

clua_state *clua_of(lua_State *L) {
  void *ud;
  lua_getallocf(L, &ud);
  return ud;
}

static int set_up(lua_State *L) {
  clua_find_layout(L);
  for (int i = 0; i < CLUA_KEYS; i++) {
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, clua_keys[i]);
  }
  lua_newtable(L);
  clua_primitives(L);
  clua_trace_library(L);
  clua_task_library(L);
  clua_load_library(L);
  clua_base_library(L);
  clua_coroutine_library(L);
  clua_string_library(L);
  clua_table_library(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key_primitives);
  return 0;
}

/* ---- ways in ------------------------------------------------------------------------------------------------- */

static bool protect(clua_state *s, lua_CFunction function, void *argument) {
  lua_State *L = s->L;
  lua_settop(L, 0);
  lua_pushcfunction(L, function);
  lua_pushlightuserdata(L, argument);
  bool good = lua_pcall(L, 1, 0, 0) == LUA_OK;
  if (!good) {
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    if (!text && lua_istable(L, -1)) {
      lua_pushliteral(L, "message");
      if (lua_rawget(L, -2) == LUA_TSTRING) text = lua_tostring(L, -1);
    }
    snprintf(s->message, sizeof s->message, "%s", text ? text : "an error that is no text");
  }
  lua_settop(L, 0);
  return good;
}

static int panic(lua_State *L) {
  const char *message = lua_tostring(L, -1);
  fprintf(stderr, "lander: lua: unprotected error: %s\n", message ? message : "?");
  abort();
}

static int guarded_set_up(lua_State *L) { return set_up(L); }

/* Frees all memory of a state. */
static void release(clua_state *s) {
  clua_forget_coverage(s);
  free(s->log.bytes);
  if (s->place) return clua_place_empty(s->place);
  clua_release_slabs(s);
  free(s);
}

clua_state *clua_open(const clua_limits *limits) {
  clua_state *s = calloc(1, sizeof *s);
  return s ? clua_begin(s, limits) : NULL;
}

clua_state *clua_begin(clua_state *s, const clua_limits *limits) {
  s->limits = *limits;
  s->next = 1;
  s->L = clua_new_state(s);
  if (!s->L) {
    release(s);
    return NULL;
  }
  lua_atpanic(s->L, panic);
  OWNER(s->L) = 0;
  /* A search for garbage begins when the heap is twice as large as after the last search. With more, the heap of thousands of hosts would
   * grow to four times what lives, which costs more than the searches. If the limit comes first, Lua searches before it gives up. */
  lua_gc(s->L, LUA_GCINC, 200, 0, 0);
  if (!protect(s, guarded_set_up, NULL)) {
    clua_close(s);
    return NULL;
  }
  return s;
}

void clua_close(clua_state *s) {
  if (!s) return;
  s->limits.memory = s->limits.text = SIZE_MAX / 2;
  if (!s->place) lua_close(s->L);
  release(s);
}

const uint8_t *clua_log(clua_state *s, size_t *count) {
  *count = s->log.failed ? 0 : s->noted;
  s->noted = s->log.count = 0;
  s->log.failed = false;
  s->notes = 0;
  return s->log.bytes;
}

typedef struct {
  const char *name, *text;
  size_t count;
} chunk;

static void end_prelude(lua_State *L, lua_Debug *ar) {
  (void)ar;
  luaL_error(L, "it does not end");
}

static int run_prelude(lua_State *L) {
  chunk *c = lua_touserdata(L, 1);
  if (luaL_loadbufferx(L, c->text, c->count, c->name, "t") != LUA_OK) return lua_error(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key_primitives);
  lua_pushvalue(L, -1); /* the primitives are also its globals, so it can reach nothing else */
  if (!lua_setupvalue(L, -3, 1)) lua_pop(L, 1);
  lua_sethook(L, end_prelude, LUA_MASKCOUNT, PRELUDE);
  lua_call(L, 1, 0);
  return 0;
}

bool clua_prelude(clua_state *s, const char *name, const char *text, size_t count) {
  chunk c = {name, text, count};
  bool good = protect(s, run_prelude, &c);
  lua_sethook(s->L, NULL, 0, 0);
  return good;
}

const char *clua_message(const clua_state *s) { return s->message; }

static int run_seed(lua_State *L) {
  uint64_t *seed = lua_touserdata(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key_primitives);
  lua_getfield(L, -1, "randomseed");
  lua_pushinteger(L, (lua_Integer)*seed);
  lua_pushinteger(L, 0);
  lua_call(L, 2, 0);
  return 0;
}

/* Stores a value under a name, before the prelude is read. */
static int run_give(lua_State *L) {
  chunk *c = lua_touserdata(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key_primitives);
  if (clua_decode(L, (const uint8_t *)c->text, c->count) != 1) return luaL_error(L, "one value was expected");
  lua_setfield(L, -2, c->name);
  return 0;
}

bool clua_give(clua_state *s, const char *name, const uint8_t *bytes, size_t count) {
  chunk c = {name, (const char *)bytes, count};
  return protect(s, run_give, &c);
}

/* Turns a compiled file of the prelude into a function in engine.files. */
static int run_chunk(lua_State *L) {
  chunk *c = lua_touserdata(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key_primitives);
  lua_getfield(L, -1, "engine");
  lua_getfield(L, -1, "files");
  if (luaL_loadbufferx(L, c->text, c->count, c->name, "b") != LUA_OK) return lua_error(L);
  lua_pushvalue(L, 2); /* the primitives are its globals, as in all files of the prelude */
  if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  lua_setfield(L, -2, c->name);
  return 0;
}

bool clua_chunk(clua_state *s, const char *path, const uint8_t *code, size_t count) {
  chunk c = {path, (const char *)code, count};
  return protect(s, run_chunk, &c);
}

/* Reads a whole number that the prelude left under that name, or 0 if there is none. */
static int run_number(lua_State *L) {
  chunk *c = lua_touserdata(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key_primitives);
  lua_getfield(L, -1, c->name);
  c->count = (size_t)lua_tointeger(L, -1);
  return 0;
}

int64_t clua_number(clua_state *s, const char *name) {
  chunk c = {name, NULL, 0};
  return protect(s, run_number, &c) ? (int64_t)c.count : 0;
}

void clua_seed(clua_state *s, uint64_t seed) { protect(s, run_seed, &seed); }

static int run_forget(lua_State *L) {
  int64_t number = *(int64_t *)lua_touserdata(L, 1);
  for (int i = 0; i < CLUA_KEYS; i++) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, clua_keys[i]);
    if (i == 0 && lua_rawgeti(L, -1, number) == LUA_TFUNCTION) clua_of(L)->functions--;
    lua_settop(L, 2);
    lua_pushnil(L);
    lua_rawseti(L, 2, number);
    lua_settop(L, 1);
  }
  return 0;
}

void clua_forget(clua_state *s, int64_t function) { protect(s, run_forget, &function); }
size_t clua_memory(const clua_state *s) { return s->used; }
int64_t clua_functions(const clua_state *s) { return s->functions; }

static int run_collect(lua_State *L) {
  lua_gc(L, LUA_GCCOLLECT);
  return 0;
}
void clua_collect(clua_state *s) { protect(s, run_collect, NULL); }

void clua_free(void *block) { free(block); }

/* ---- inspection ---------------------------------------------------------------------------------------------- */

static int keep(lua_State *L, const void *bytes, size_t count, void *into) {
  (void)L;
  clua_put(into, bytes, count);
  return ((clua_buffer *)into)->failed;
}

uint8_t *clua_dump(const char *name, const char *text, size_t count, size_t *size) {
  if (clua_too_much(text, count)) return NULL;
  lua_State *L = luaL_newstate();
  clua_buffer b = {0};
  if (!L) return NULL;
  bool good = luaL_loadbufferx(L, text, count, name, "t") == LUA_OK && lua_dump(L, keep, &b, 0) == 0 && !b.failed;
  lua_close(L);
  if (!good) {
    free(b.bytes);
    return NULL;
  }
  *size = b.count;
  return b.bytes;
}
