/* Tasks: a function of a recipe under a base protected call, stepped from outside, with a budget. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>

#define OUT_OF_BUDGET "it computed for too long without waiting for anything; is there a loop that does not end?"
static char waiting; /* what a coroutine of a waiting task yields */

/* ---- budget and sticky states -------------------------------------------------------------------------------- */

void clua_charge(lua_State *L, int64_t steps) {
  clua_task *t = TASK(L);
  if (t) t->budget -= steps;
}

int clua_flags(lua_State *L) {
  clua_task *t = TASK(L);
  return t ? t->flags : 0;
}

/* Whether an error must go on up: a limit or a cancellation that came after the protected call began. */
bool clua_passes(lua_State *L, int before) {
  clua_task *t = TASK(L);
  return t && (t->dead || (t->flags & ~before) != 0);
}

void clua_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
  clua_task *t = TASK(L);
  if (!t) return;
  int counted = lua_gethookcount(L);
  t->budget -= counted + (int64_t)(t->state->churn / 64);
  t->state->churn = 0;
  if (counted != CLUA_SLICE && !t->dead) lua_sethook(L, clua_hook, LUA_MASKCOUNT, CLUA_SLICE);
  if (t->budget >= 0) return;
  if (!(t->flags & CLUA_SPENT)) {
    t->flags |= CLUA_SPENT;
    t->budget = t->state->limits.cleanup;
  } else {
    t->dead = true;
    lua_sethook(L, clua_hook, LUA_MASKCOUNT, 1);
  }
  clua_raise(L, "limit", OUT_OF_BUDGET);
}

/* ---- waiting ------------------------------------------------------------------------------------------------- */

static int ask_k(lua_State *L, int status, lua_KContext before) {
  (void)status;
  clua_task *t = TASK(L);
  if (t->flags & CLUA_CANCELLED && !((int)before & CLUA_CANCELLED)) {
    lua_settop(L, 0);
    int values = clua_decode(L, t->answer, t->answered); /* the error to raise */
    if (values != 1 || !lua_istable(L, 1)) return clua_raise(L, "cancelled", "the deployment was cancelled");
    clua_locate(L);
    return lua_error(L);
  }
  return clua_decode(L, t->answer, t->answered);
}

/* ask(...) -> the answer's values. The one function that waits. */
int clua_ask(lua_State *L) {
  clua_task *t = TASK(L);
  if (!t) return clua_raise(L, "usage", "nothing can be asked here");
  if (t->closing) return clua_raise(L, "usage", "cannot wait while coroutine.close runs");
  bool free = lua_isyieldable(L);
  if (L != t->co && !lua_isyieldable(t->co)) free = false;
  for (int i = 0; i < t->depth; i++)
    if (!lua_isyieldable(t->chain[i])) free = false;
  if (!free)
    return clua_raise(L, "usage", "cannot wait inside a callback of table.sort, string.gsub or tostring; collect first, then wait");
  int count = lua_gettop(L);
  t->reply.count = 0;
  t->reply.failed = false;
  for (int i = 1; i <= count; i++) {
    const char *problem = clua_encode(L, i, &t->reply, 0, false);
    if (problem) {
      lua_pushfstring(L, "a value cannot leave the recipe: %s", problem);
      return clua_raise(L, "usage", lua_tostring(L, -1));
    }
  }
  lua_settop(L, 0);
  lua_pushlightuserdata(L, &waiting);
  return lua_yieldk(L, 1, t->flags, ask_k);
}

/* Whether the values yielded are a wait that goes through to the outside. */
bool clua_is_waiting(lua_State *co, int values) { return values == 1 && lua_touserdata(co, -1) == &waiting; }
void clua_push_waiting(lua_State *L) { lua_pushlightuserdata(L, &waiting); }

/* ---- the base of a task -------------------------------------------------------------------------------------- */

/* A <close> variable may have raised something else since: the limit stays the cause. */
static void put_limit(lua_State *L, clua_task *t) {
  if (!t->failed || !lua_istable(L, -1)) lua_createtable(L, 0, 2);
  t->failed = true;
  lua_pushliteral(L, "limit");
  lua_setfield(L, -2, "kind");
  lua_pushliteral(L, OUT_OF_BUDGET);
  lua_setfield(L, -2, "message");
}

static int main_k(lua_State *L, int status, lua_KContext ignored) {
  (void)ignored;
  clua_task *t = TASK(L);
  t->failed = status != LUA_OK && status != LUA_YIELD;
  t->reply.count = 0;
  t->reply.failed = false;
  if (t->failed && lua_type(L, -1) == LUA_TSTRING) { /* the handler does not see that there is no memory */
    lua_createtable(L, 0, 3);
    lua_pushliteral(L, "limit");
    lua_setfield(L, -2, "kind");
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "message");
    if (t->state->refused[0]) {
      lua_pushstring(L, t->state->refused);
      lua_setfield(L, -2, "where");
    }
  }
  if (t->flags & CLUA_SPENT) put_limit(L, t);
  if (lua_gettop(L) < 2) lua_pushnil(L);
  clua_encode(L, t->failed ? lua_gettop(L) : 2, &t->reply, 0, true);
  return 0;
}

static int task_main(lua_State *L) {
  int arguments = lua_gettop(L) - 1;
  lua_pushcfunction(L, clua_handler);
  lua_insert(L, 1);
  return main_k(L, lua_pcallk(L, arguments, LUA_MULTRET, 1, 0, main_k), 0);
}

typedef struct { clua_task *task; const uint8_t *arguments; size_t count; } beginning;

static int prepare(lua_State *L) {
  beginning *b = lua_touserdata(L, 1);
  clua_task *t = b->task;
  lua_State *co = lua_newthread(L);
  TASK(co) = t;
  t->co = co;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_key_launch);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &clua_key_functions);
  if (lua_rawgeti(L, -1, t->function) != LUA_TFUNCTION) return luaL_error(L, "there is no function of that number");
  lua_remove(L, -2);
  int values = 2 + clua_decode(L, b->arguments, b->count);
  luaL_checkstack(co, values + 2, NULL);
  lua_pushcfunction(co, task_main);
  lua_xmove(L, co, values);
  t->arguments = values;
  lua_sethook(co, clua_hook, LUA_MASKCOUNT, CLUA_SLICE);
  t->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

clua_task *clua_start(clua_state *s, int64_t function, const uint8_t *arguments, size_t count) {
  clua_task *t = calloc(1, sizeof *t);
  if (!t) return NULL;
  t->state = s;
  t->function = function;
  t->anchor = LUA_NOREF;
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
  uint8_t tag = 5;
  uint32_t count = (uint32_t)strlen(message);
  t->reply.count = 0;
  t->reply.failed = false;
  clua_put(&t->reply, &tag, 1);
  clua_put(&t->reply, &count, 4);
  clua_put(&t->reply, message, count);
}

clua_turn clua_step(clua_task *t, const uint8_t *answer, size_t count) {
  clua_state *s = t->state;
  int values = 0;
  t->answer = answer;
  t->answered = count;
  if (!(t->flags & CLUA_SPENT)) t->budget = s->limits.instructions;
  s->current = t;
  s->churn = 0;
  s->refused[0] = 0;
  int arguments = t->started ? 0 : t->arguments;
  t->started = true;
  int status = lua_resume(t->co, NULL, arguments, &values);
  s->current = NULL;
  t->answer = NULL;
  if (status == LUA_YIELD && clua_is_waiting(t->co, values)) {
    lua_pop(t->co, 1);
    return CLUA_ASKED;
  }
  if (status == LUA_OK) return t->failed ? CLUA_RAISED : CLUA_RETURNED;
  if (status == LUA_YIELD) put_failure(t, "coroutine.yield was called outside of a coroutine of the recipe");
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

/* data(text, name) -> a table, from text that has nothing in reach and may run 10,000 instructions */
static int l_data(lua_State *L) {
  clua_task *t = TASK(L);
  size_t count;
  const char *text = luaL_checklstring(L, 1, &count), *name = luaL_checkstring(L, 2);
  if (!t || count > 64 * 1024) return luaL_error(L, "it is larger than 64 KiB");
  if (luaL_loadbufferx(L, text, count, name, "t") != LUA_OK) return lua_error(L);
  lua_newtable(L);
  if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  int64_t left = t->budget;
  if (t->budget > 10000) t->budget = 10000;
  int status = lua_pcall(L, 0, 1, 0);
  bool spent = t->flags & CLUA_SPENT;
  if (!spent) t->budget = left;
  if (status != LUA_OK) return lua_error(L);
  return 1;
}

void clua_task_library(lua_State *L) {
  static const luaL_Reg functions[] = {{"ask", clua_ask}, {"cancelled", l_cancelled}, {"data", l_data}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
