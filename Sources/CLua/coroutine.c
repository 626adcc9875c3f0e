/* The coroutine library. A recipe's generators are allowed to wait for hosts, and errors in them keep their frames. */
#include "inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool clua_is_waiting(lua_State *co, int values);
void clua_push_waiting(lua_State *L);

/* The context of a continuation: the sticky states and refusals at its beginning, and whether it belongs to a wrap. */
enum { WRAP = 16 };
#define MOST_FRAMES 16384 /* bytes of kept frames from coroutines that an error has left */
#define FRESH 250         /* instructions that a new coroutine pays in advance: most end before their first check of the budget */

static const char too_deep[] = "coroutines are nested too deeply";

/* Whether a task can be inside one more coroutine. */
static bool has_room(clua_task *t) {
  if (t->depth < t->room) return true;
  int room = t->room ? t->room * 2 : 4;
  lua_State **grown = room <= 256 ? realloc(t->chain, (size_t)room * sizeof *grown) : NULL;
  if (!grown) return false;
  t->chain = grown;
  t->room = room;
  return true;
}

static bool enter(clua_task *t, lua_State *co) {
  if (!has_room(t)) return false;
  t->chain[t->depth++] = co;
  return true;
}

/* Runs the <close> variables of a coroutine that is over. They must not wait, because the thread only claims that it can yield. */
static int reset(clua_task *t, lua_State *L, lua_State *co) {
  bool inside = t && enter(t, co); /* its stack is the one that grows */
  clua_share_calls(co, L);
  if (t) t->closing++;
#if LUA_VERSION_RELEASE_NUM >= 50406
  int status = lua_closethread(co, L);
#elif LUA_VERSION_RELEASE_NUM == 50405
  int status = lua_resetthread(co, L);
#else
  (void)L;
  int status = lua_resetthread(co);
#endif
  if (t) t->closing--;
  if (inside) t->depth--;
  return status;
}

static void remember(clua_task *t, lua_State *co) {
  char *frames = clua_frames(co);
  if (frames && t->inner && strlen(t->inner) > MOST_FRAMES) {
    free(frames);
    return;
  }
  if (!frames || !t->inner) {
    if (frames) t->inner = frames;
    return;
  }
  size_t size = strlen(frames) + strlen(t->inner) + 2;
  char *both = malloc(size);
  if (both) snprintf(both, size, "%s\n%s", t->inner, frames);
  free(frames);
  if (!both) return;
  free(t->inner);
  t->inner = both;
}

/* A coroutine's function runs under a protected call of its own. So, if an error leaves frames, their <close> variables run inside the
 * coroutine, where they are allowed to wait. The frames are recorded before they are gone, unless the error has a traceback, which already
 * contains them. */
static int body_handler(lua_State *L) {
  if (TASK(L) && lua_type(L, 1) != LUA_TTABLE) remember(TASK(L), L);
  lua_settop(L, 1);
  return 1;
}

static int body_k(lua_State *L, int status, lua_KContext ignored) {
  (void)ignored;
  if (clua_is_full(L, status)) return clua_full(L);
  return status == LUA_OK || status == LUA_YIELD ? lua_gettop(L) - 1 : lua_error(L);
}

static int body(lua_State *L) {
  int arguments = lua_gettop(L) - 1;
  lua_pushcfunction(L, body_handler);
  lua_insert(L, 1);
  return body_k(L, lua_pcallk(L, arguments, LUA_MULTRET, 1, 0, body_k), 0);
}

static void forget_frames(clua_task *t) {
  if (!t) return;
  free(t->inner);
  t->inner = NULL;
}

static int run_k(lua_State *L, int status, lua_KContext how);

/* Whether a coroutine is over because of an error. An error of `lua_resume` can also mean that it did not run. */
static bool has_failed(lua_State *co) { return lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD; }

/* Ends a coroutine that an error has to leave. If one of its <close> variables waits meanwhile, it is closed. */
static int pass(lua_State *L, lua_State *co, int status, int values) {
  bool failed = status != LUA_OK && status != LUA_YIELD;
  if (!failed) lua_pop(co, values);
  if (failed ? has_failed(co) : status == LUA_YIELD) reset(TASK(L), L, co);
  if (failed) lua_xmove(co, L, 1);
  return clua_pass(L, status);
}

static int go_on(lua_State *L, lua_State *co, int arguments, int how) {
  clua_task *t = TASK(L);
  int values, status = lua_resume(co, L, arguments, &values);
  if (t && status == LUA_YIELD && clua_is_waiting(co, values)) {
    lua_pop(co, 1);
    clua_push_waiting(L);
    return lua_yieldk(L, 1, how, run_k); /* the chain stays as it is: the inside continues */
  }
  if (t) t->depth--;
  if (clua_passes(L, how & ~WRAP)) return pass(L, co, status, values);
  if (status == LUA_OK || status == LUA_YIELD) {
    if (!lua_checkstack(L, values + 1)) {
      lua_pop(co, values);
      return clua_raise(L, "usage", "a coroutine gave too many values");
    }
    if (!(how & WRAP)) lua_pushboolean(L, 1);
    lua_xmove(co, L, values);
    return values + !(how & WRAP);
  }
  if (!(how & WRAP)) {
    forget_frames(t);
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
  }
  if (has_failed(co)) reset(t, L, co);
  lua_xmove(co, L, 1);
  return lua_error(L);
}

static int run_k(lua_State *L, int status, lua_KContext how) {
  (void)status;
  return go_on(L, lua_tothread(L, (how & WRAP) ? lua_upvalueindex(1) : 1), 0, (int)how);
}

static const char *state_of(lua_State *L, lua_State *co) {
  lua_Debug ar;
  if (L == co) return "running";
  if (lua_status(co) == LUA_YIELD) return "suspended";
  if (lua_status(co) != LUA_OK) return "dead";
  if (lua_getstack(co, 0, &ar)) return "normal";
  return lua_gettop(co) == 0 ? "dead" : "suspended";
}

static int begin(lua_State *L, lua_State *co, int arguments, int how) {
  clua_task *t = TASK(L);
  if (!t || OWNER(co) != t->number) return clua_raise(L, "usage", "a coroutine belongs to the script that made it");
  clua_charge(L, 4 + arguments / 4);
  const char *state = state_of(L, co);
  if (strcmp(state, "suspended") != 0) {
    lua_pushfstring(L, strcmp(state, "dead") == 0 ? "cannot resume dead coroutine" : "cannot resume non-suspended coroutine");
    if (how & WRAP) {
      luaL_where(L, 1);
      lua_insert(L, -2);
      lua_concat(L, 2);
      return lua_error(L);
    }
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
  }
  if (!lua_checkstack(co, arguments + 1)) return clua_raise(L, "usage", "too many arguments for a coroutine");
  if (t && !enter(t, co)) return clua_raise(L, "usage", too_deep);
  lua_xmove(L, co, arguments);
  bool fresh = lua_status(co) == LUA_OK; /* the function itself is the body's first argument */
  return go_on(L, co, arguments + fresh, how);
}

static lua_State *checked(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co, 1, "coroutine");
  return co;
}

static int l_create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  clua_charge(L, FRESH);
  lua_State *co = lua_newthread(L);
  OWNER(co) = OWNER(L);
  if (TASK(L) && lua_gethookcount(L) > FRESH) lua_sethook(co, clua_hook, CLUA_MASK(L), FRESH);
  lua_pushcfunction(co, body);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

static int l_resume(lua_State *L) {
  lua_State *co = checked(L);
  return begin(L, co, lua_gettop(L) - 1, clua_flags(L));
}

static int wrapped(lua_State *L) { return begin(L, lua_tothread(L, lua_upvalueindex(1)), lua_gettop(L), clua_flags(L) | WRAP); }

static int l_wrap(lua_State *L) {
  l_create(L);
  lua_pushcclosure(L, wrapped, 1);
  return 1;
}

static int l_yield(lua_State *L) {
  clua_task *t = TASK(L);
  clua_charge(L, 1 + lua_gettop(L) / 4);
  if (t && L == t->co) return clua_raise(L, "usage", "coroutine.yield was called outside of a coroutine of the recipe");
  return lua_yield(L, lua_gettop(L));
}

static int l_status(lua_State *L) {
  clua_charge(L, 1);
  lua_pushstring(L, state_of(L, checked(L)));
  return 1;
}

static int l_running(lua_State *L) {
  clua_task *t = TASK(L);
  clua_charge(L, 1);
  bool main = lua_pushthread(L);
  lua_pushboolean(L, main || (t && L == t->co));
  return 2;
}

static int l_isyieldable(lua_State *L) {
  clua_task *t = TASK(L);
  clua_charge(L, 1);
  lua_pushboolean(L, lua_isyieldable(L) && !(t && L == t->co));
  return 1;
}

static int l_close(lua_State *L) {
  lua_State *co = checked(L);
  clua_task *t = TASK(L);
  const char *state = state_of(L, co);
  if (!t || OWNER(co) != t->number) return clua_raise(L, "usage", "a coroutine belongs to the script that made it");
  if (strcmp(state, "suspended") != 0 && strcmp(state, "dead") != 0) return luaL_error(L, "cannot close a %s coroutine", state);
  clua_charge(L, 4);
  if (!clua_share_calls(co, L) && t->closing) return clua_raise(L, "usage", too_deep);
  if (!has_room(t)) return clua_raise(L, "usage", too_deep);
  int before = clua_flags(L), status = reset(t, L, co);
  if (clua_passes(L, before)) {
    if (status != LUA_OK) lua_xmove(co, L, 1);
    return clua_pass(L, status);
  }
  if (status == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(co, L, 1);
  return 2;
}

void clua_coroutine_library(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"create", l_create},   {"resume", l_resume},           {"wrap", l_wrap},   {"yield", l_yield}, {"status", l_status},
    {"running", l_running}, {"isyieldable", l_isyieldable}, {"close", l_close}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "coroutine");
}
