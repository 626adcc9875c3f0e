/* A state: its memory, its primitives, and the protected ways in. */
#include "inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char clua_key_functions, clua_key_titles, clua_key_origins, clua_key_nesting, clua_key_launch;
static char key_primitives;
static char *const keys[] = {&clua_key_functions, &clua_key_titles, &clua_key_origins, &clua_key_nesting}; /* each by number */
#define KEYS 4
#define LONGEST_LINE 4096   /* bytes of a line that a recipe says */
#define MOST_LINES 1000     /* of one step */
#define NOTED 100           /* values of one record that is noted */
#define LONGEST_ORIGIN 8192 /* bytes of frames that a function keeps of where it was made */
#define PRELUDE 10000000    /* instructions that reading a file of the prelude may take */

clua_state *clua_of(lua_State *L) {
  void *ud;
  lua_getallocf(L, &ud);
  return ud;
}

/* ---- primitives ---------------------------------------------------------------------------------------------- */

/* register(function, title, origin) -> number */
static int l_register(lua_State *L) {
  clua_state *s = clua_of(L);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_argexpected(L, lua_isnoneornil(L, 2) || lua_type(L, 2) == LUA_TSTRING, 2, "text");
  luaL_argexpected(L, lua_isnoneornil(L, 3) || lua_type(L, 3) == LUA_TSTRING, 3, "text");
  lua_settop(L, 3);
  clua_charge(L, 10);
  clua_task *t = TASK(L);
  if (t && t->nesting >= CLUA_DEEPEST_TASK) return clua_raise(L, "usage", "each, all and within are nested too deeply");
  if (t && !clua_can_wait(L)) return clua_raise(L, "usage", clua_cannot_wait); /* it would be registered and never started */
  if (lua_type(L, 3) == LUA_TSTRING && lua_rawlen(L, 3) > LONGEST_ORIGIN) {
    lua_pushlstring(L, lua_tostring(L, 3), LONGEST_ORIGIN);
    lua_replace(L, 3);
  }
  lua_pushinteger(L, t ? t->nesting + 1 : 0);
  for (int i = 0; i < KEYS; i++) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, keys[i]);
    lua_pushvalue(L, i + 1);
    lua_rawseti(L, -2, s->next);
    lua_pop(L, 1);
  }
  s->functions++;
  lua_pushinteger(L, s->next++);
  return 1;
}

/* proxy(metatable, number, payload) -> a userdata of ours; recipes cannot make one */
static int l_proxy(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer number = luaL_checkinteger(L, 2);
  clua_check_metatable(L, 1);
  lua_settop(L, 3);
  lua_Integer *block = lua_newuserdatauv(L, sizeof *block, 1);
  *block = number;
  lua_pushvalue(L, 3);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, 1);
  lua_setmetatable(L, -2);
  return 1;
}

/* payload(value) -> payload, metatable, number; nothing for a value that is no proxy */
static int l_payload(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) != sizeof(lua_Integer)) return 0;
  lua_getiuservalue(L, 1, 1);
  if (!lua_getmetatable(L, 1)) return 0;
  lua_pushinteger(L, *(lua_Integer *)lua_touserdata(L, 1));
  return 3;
}

static const char left_out[] = "more than 1,000 lines were logged without a wait between them; the rest is left out";

/* note(kind, text) or note(kind, record): a line of the log, or what a rehearsal found. */
static int l_note(lua_State *L) {
  clua_state *s = clua_of(L);
  size_t count;
  const char *kind = luaL_checklstring(L, 1, &count), *text, *problem = NULL;
  if (lua_type(L, 2) != LUA_TTABLE) luaL_checkstring(L, 2);
  clua_charge(L, 20);
  if (s->notes > MOST_LINES) return 0;
  s->log.count = s->noted; /* what a note left that could not be coded would shift all that follow */
  if (s->notes++ == MOST_LINES) {
    clua_put_text(&s->log, "warn", 4);
    clua_put_text(&s->log, left_out, sizeof left_out - 1);
    s->noted = s->log.count;
    return 0;
  }
  clua_put_cut(&s->log, kind, count, LONGEST_LINE);
  text = lua_tolstring(L, 2, &count);
  if (text) clua_put_cut(&s->log, text, count, LONGEST_LINE);
  else problem = clua_encode(L, 2, &s->log, false, NOTED);
  if (problem) return luaL_error(L, "a note cannot be coded: %s", problem);
  s->noted = s->log.count;
  return 0;
}

static int framed_k(lua_State *L, int status, lua_KContext ignored) {
  (void)status;
  (void)ignored;
  return lua_gettop(L);
}

static int call_framed(lua_State *L) {
  int arguments = lua_gettop(L);
  clua_charge(L, 1 + arguments / 8);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_callk(L, arguments, LUA_MULTRET, 0, framed_k);
  return framed_k(L, LUA_OK, 0);
}

/* framed(function) -> the same, such that `return f()` keeps the caller's frame: its line is to be blamed */
static int l_framed(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_pushcclosure(L, call_framed, 1);
  return 1;
}

static int l_launcher(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clua_key_launch);
  return 0;
}

static int set_up(lua_State *L) {
  static const luaL_Reg own[] = {
    {"register", l_register}, {"proxy", l_proxy}, {"payload", l_payload}, {"note", l_note}, {"framed", l_framed},
    {"launcher", l_launcher}, {NULL, NULL}};
  clua_find_layout(L);
  for (int i = 0; i < KEYS; i++) {
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, keys[i]);
  }
  lua_newtable(L);
  luaL_setfuncs(L, own, 0);
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

clua_state *clua_open(const clua_limits *limits) {
  clua_state *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->limits = *limits;
  s->next = 1;
  s->L = lua_newstate(clua_allocate, s);
  if (!s->L) {
    clua_release_slabs(s);
    free(s);
    return NULL;
  }
  lua_atpanic(s->L, panic);
  OWNER(s->L) = 0;
  /* Garbage is looked for when the heap is four times what was left: in a fleet of thousands most of it lives until the end. Where the
   * limit comes first, Lua looks for it before it gives up. */
  lua_gc(s->L, LUA_GCINC, 400, 0, 0);
  if (!protect(s, guarded_set_up, NULL)) {
    clua_close(s);
    return NULL;
  }
  return s;
}

void clua_close(clua_state *s) {
  if (!s) return;
  s->limits.memory = s->limits.text = SIZE_MAX / 2;
  lua_close(s->L);
  clua_release_slabs(s);
  free(s->log.bytes);
  free(s);
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
  lua_pushvalue(L, -1); /* its globals are the primitives, too: nothing else is in reach */
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

/* A value under a name, before the prelude is read. */
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

/* A compiled file of the prelude becomes a function in engine.files. */
static int run_chunk(lua_State *L) {
  chunk *c = lua_touserdata(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key_primitives);
  lua_getfield(L, -1, "engine");
  lua_getfield(L, -1, "files");
  if (luaL_loadbufferx(L, c->text, c->count, c->name, "b") != LUA_OK) return lua_error(L);
  lua_pushvalue(L, 2); /* the primitives: its globals, as of all files of the prelude */
  if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  lua_setfield(L, -2, c->name);
  return 0;
}

bool clua_chunk(clua_state *s, const char *path, const uint8_t *code, size_t count) {
  chunk c = {path, (const char *)code, count};
  return protect(s, run_chunk, &c);
}

/* A whole number that the prelude left under that name; 0 where there is none. */
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
  for (int i = 0; i < KEYS; i++) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, keys[i]);
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
