/* Tasks. A task is a function of a recipe under a protected call at its base. It is stepped from outside, and has a budget. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>

#define LONGEST_WORDS (64u << 10) /* bytes of each text in an error that leaves a state */
static char waiting;              /* its address is what a coroutine of a waiting task yields */

/* ---- waiting ------------------------------------------------------------------------------------------------- */

static int ask_k(lua_State *L, int status, lua_KContext before) {
  (void)status;
  clua_task *t = TASK(L);
  if (t->flags & CLUA_CANCELLED && !((int)before & CLUA_CANCELLED)) {
    lua_settop(L, 0);
    int values = clua_decode(L, t->answer, t->answered); /* the error to raise */
    if (values != 1 || !lua_istable(L, 1)) return clua_raise(L, "cancelled", clua_was_cancelled);
    clua_locate(L);
    return lua_error(L);
  }
  return clua_decode(L, t->answer, t->answered);
}

const char clua_cannot_wait[] = "cannot wait inside a callback of table.sort, string.gsub or tostring; collect first, then wait";

bool clua_can_wait(lua_State *L) {
  clua_task *t = TASK(L);
  if (!t || !lua_isyieldable(L) || !lua_isyieldable(t->co)) return false;
  for (int i = 0; i < t->depth; i++)
    if (!lua_isyieldable(t->chain[i])) return false;
  return true;
}

/* ask(...) -> the answer's values. This is the only function that waits. */
int clua_ask(lua_State *L) {
  clua_task *t = TASK(L);
  if (!t) return clua_raise(L, "usage", "nothing can be asked here");
  if (t->closing) return clua_raise(L, "usage", "cannot wait while coroutine.close runs");
  if (!clua_can_wait(L)) return clua_raise(L, "usage", clua_cannot_wait);
  int count = lua_gettop(L);
  t->reply.count = 0;
  t->reply.failed = false;
  for (int i = 1; i <= count; i++) {
    const char *problem = clua_encode(L, i, &t->reply, false, CLUA_NODES);
    clua_charge(L, 1);
    if (!problem && t->reply.count > CLUA_QUESTION) problem = "all together has more than 16 MB";
    if (problem) {
      lua_pushfstring(L, "a value cannot leave the recipe: %s", problem);
      return clua_raise(L, "usage", lua_tostring(L, -1));
    }
  }
  lua_settop(L, 0);
  lua_pushlightuserdata(L, &waiting);
  return lua_yieldk(L, 1, t->flags, ask_k);
}

/* Whether the yielded values are a wait that has to go through to the outside. */
bool clua_is_waiting(lua_State *co, int values) { return values == 1 && lua_touserdata(co, -1) == &waiting; }
void clua_push_waiting(lua_State *L) { lua_pushlightuserdata(L, &waiting); }

/* ---- the base of a task -------------------------------------------------------------------------------------- */

static void set(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

/* Makes a limit the error. A <close> variable might have raised something else since, but the limit stays the cause. */
static void put_limit(lua_State *L, clua_task *t, const char *message, const char *place) {
  static const char *const kept[] = {"traceback", "where"};
  int old = t->failed && lua_istable(L, -1) ? lua_gettop(L) : 0;
  lua_createtable(L, 0, 4);
  for (int i = 0; old && i < 2; i++) {
    lua_pushstring(L, kept[i]);
    lua_pushvalue(L, -1);
    lua_rawget(L, old);
    lua_rawset(L, -3);
  }
  t->failed = true;
  set(L, "kind", "limit");
  set(L, "message", message);
  if (*place) set(L, "where", place);
}

/* Codes those members of an error that somebody reads, in the order of their names. The other members stay inside. */
static void encode_error(lua_State *L, clua_buffer *b) {
  static const char *const names[] = {"fix", "host", "kind", "message", "stderr", "traceback", "where", NULL};
  int error = lua_gettop(L), members = 0;
  luaL_checkstack(L, 10, NULL);
  if (!lua_istable(L, error)) return clua_put_record(b, 0);
  for (int i = 0; names[i]; i++) {
    lua_pushstring(L, names[i]);
    int type = lua_rawget(L, error);
    if (type == LUA_TNUMBER) lua_tolstring(L, -1, NULL);
    if (lua_type(L, -1) == LUA_TSTRING) members++;
  }
  clua_put_record(b, (size_t)members);
  for (int i = 0; names[i]; i++) {
    size_t count;
    const char *text = lua_type(L, error + 1 + i) == LUA_TSTRING ? lua_tolstring(L, error + 1 + i, &count) : NULL;
    if (!text) continue;
    clua_put_text(b, names[i], strlen(names[i]));
    clua_put_cut(b, text, count, LONGEST_WORDS);
  }
  lua_settop(L, error);
}

/* The result of a function is used as true or false, and in tests as a string. If a hook returns a table, its members are not read. */
static void encode_result(lua_State *L, clua_task *t) {
  int type = lua_type(L, 2);
  bool plain = type <= LUA_TSTRING && type != LUA_TLIGHTUSERDATA && lua_rawlen(L, 2) <= LONGEST_WORDS;
  if (!t->whole && !plain) {
    lua_pushboolean(L, 1);
    lua_replace(L, 2);
  }
  const char *problem = clua_encode(L, 2, &t->reply, true, CLUA_PROJECT);
  if (!problem) return;
  t->failed = true;
  t->reply.count = 0;
  t->reply.failed = false;
  clua_put_record(&t->reply, 2);
  clua_put_text(&t->reply, "kind", 4);
  clua_put_text(&t->reply, "limit", 5);
  clua_put_text(&t->reply, "message", 7);
  lua_pushfstring(L, "what is described here is too large: %s", problem);
  clua_put_text(&t->reply, lua_tostring(L, -1), lua_rawlen(L, -1));
}

static int main_k(lua_State *L, int status, lua_KContext ignored) {
  (void)ignored;
  clua_task *t = TASK(L);
  t->failed = status != LUA_OK && status != LUA_YIELD;
  t->reply.count = 0;
  t->reply.failed = false;
  clua_settle(t->state);
  luaL_checkstack(L, 10, NULL);
  if (t->flags & CLUA_FULL && (t->filled_first || !(t->flags & CLUA_SPENT))) put_limit(L, t, clua_refusal(t->refusal), t->refused);
  else if (t->flags & CLUA_SPENT) put_limit(L, t, clua_out_of_budget, "");
  else if (t->failed && lua_type(L, -1) == LUA_TSTRING) /* a string was too long, an error that the handler does not see */
    put_limit(L, t, status == LUA_ERRMEM ? clua_refusal(t->state->refusal) : lua_tostring(L, -1), t->state->refused);
  if (t->failed) {
    encode_error(L, &t->reply);
    return 0;
  }
  if (lua_gettop(L) < 2) lua_pushnil(L);
  encode_result(L, t);
  return 0;
}

static int task_main(lua_State *L) {
  int arguments = lua_gettop(L) - 1;
  lua_pushcfunction(L, clua_handler);
  lua_insert(L, 1);
  return main_k(L, lua_pcallk(L, arguments, LUA_MULTRET, 1, 0, main_k), 0);
}

typedef struct {
  clua_task *task;
  const uint8_t *arguments;
  size_t count;
} beginning;

static int prepare(lua_State *L) {
  beginning *b = lua_touserdata(L, 1);
  clua_task *t = b->task;
  lua_State *co = lua_newthread(L);
  OWNER(co) = t->number;
  t->co = co;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_key_launch);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_key_functions);
  if (lua_rawgeti(L, -1, t->function) != LUA_TFUNCTION) return luaL_error(L, "there is no function of that number");
  lua_remove(L, -2);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_key_nesting);
  lua_rawgeti(L, -1, t->function);
  t->nesting = (int)lua_tointeger(L, -1);
  lua_pop(L, 2);
  int values = 2 + clua_decode(L, b->arguments, b->count);
  luaL_checkstack(co, values + 2, NULL);
  lua_pushcfunction(co, task_main);
  lua_xmove(L, co, values);
  t->arguments = values;
  lua_sethook(co, clua_hook, CLUA_MASK(L), clua_slice(t->state));
  t->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

clua_task *clua_start(clua_state *s, int64_t function, const uint8_t *arguments, size_t count, bool whole) {
  clua_task *t = calloc(1, sizeof *t);
  if (!t) return NULL;
  t->state = s;
  t->number = ++s->tasks;
  t->function = function;
  t->anchor = LUA_NOREF;
  t->whole = whole;
  beginning b = {t, arguments, count};
  lua_State *L = s->L;
  lua_settop(L, 0);
  lua_pushcfunction(L, prepare);
  lua_pushlightuserdata(L, &b);
  bool good = lua_pcall(L, 1, 0, 0) == LUA_OK;
  lua_settop(L, 0);
  if (good) return t;
  clua_end(t);
  return NULL;
}

static void put_failure(clua_task *t, const char *message) {
  t->reply.count = 0;
  t->reply.failed = false;
  clua_put_text(&t->reply, message, strlen(message));
}

clua_turn clua_step(clua_task *t, const uint8_t *answer, size_t count, bool refill) {
  clua_state *s = t->state;
  int values = 0;
  t->answer = answer;
  t->answered = count;
  clua_refill(t, refill || !t->started);
  s->current = t;
  s->refused[0] = 0;
  s->denied = false;
  int arguments = t->started ? 0 : t->arguments;
  t->started = true;
  int status = lua_resume(t->co, NULL, arguments, &values);
  s->current = NULL;
  t->answer = NULL;
  t->answered = 0;
  if (status == LUA_YIELD && clua_is_waiting(t->co, values)) {
    lua_pop(t->co, 1);
    return CLUA_ASKED;
  }
  if (status == LUA_OK) return t->failed ? CLUA_RAISED : CLUA_RETURNED;
  if (status == LUA_YIELD) put_failure(t, "coroutine.yield was called outside of a coroutine of the recipe");
  else if (status == LUA_ERRMEM || t->flags & CLUA_FULL) put_failure(t, clua_refusal(t->flags & CLUA_FULL ? t->refusal : s->refusal));
  else if (t->flags & CLUA_SPENT) put_failure(t, clua_out_of_budget);
  else put_failure(t, lua_type(t->co, -1) == LUA_TSTRING ? lua_tostring(t->co, -1) : "the error could not be described");
  t->failed = true;
  return CLUA_RAISED;
}

void clua_cancel(clua_task *t) { t->flags |= CLUA_CANCELLED; }

const uint8_t *clua_reply(const clua_task *t, size_t *count) {
  *count = t->reply.failed ? 0 : t->reply.count;
  return t->reply.bytes;
}

void clua_end(clua_task *t) {
  if (t->anchor != LUA_NOREF) luaL_unref(t->state->L, LUA_REGISTRYINDEX, t->anchor);
  free(t->chain);
  free(t->inner);
  free(t->reply.bytes);
  free(t);
}

/* flags() -> whether the task was cancelled */
static int l_cancelled(lua_State *L) {
  lua_pushboolean(L, clua_flags(L) & CLUA_CANCELLED);
  return 1;
}

void clua_task_library(lua_State *L) {
  static const luaL_Reg functions[] = {{"ask", clua_ask}, {"cancelled", l_cancelled}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
