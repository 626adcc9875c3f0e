/* What a step of a task is allowed to cost: instructions, work inside C functions, memory that it takes, and processor time. */
#include "inside.h"
#include <time.h>

#define SLICE 1000
#define NANO 1000000000LL
#ifndef CLOCK_MONOTONIC_COARSE
#define CLOCK_MONOTONIC_COARSE CLOCK_MONOTONIC
#endif

const char clua_out_of_budget[] = "it computed for too long without waiting for anything; is there a loop that does not end?";
const char clua_was_cancelled[] = "the deployment was cancelled";

/* ---- time ---------------------------------------------------------------------------------------------------- */

static int64_t seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec;
}

static int64_t processor_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * NANO + now.tv_nsec;
}

/* One instruction can compare two strings of the greatest length. So with a limit on instructions alone, a step could take longer than a
 * person would wait. The clock is checked first, because that costs nothing. Time in which the machine is busy with other work does not
 * count. */
static bool over_time(const clua_task *t) {
  if ((seconds_now() - t->began) * NANO <= t->most) return false;
  return processor_now() - t->spent > t->most;
}

/* ---- the budget ---------------------------------------------------------------------------------------------- */

/* A single instruction costs more if strings are long, so the budget is checked more often. */
int clua_slice(const clua_state *s) { return s->longest > 1u << 20 ? SLICE / 100 : s->longest > 64u << 10 ? SLICE / 10 : SLICE; }

void clua_refill(clua_task *t, bool instructions) {
  const clua_limits *limits = &t->state->limits;
  t->state->churn = 0;
  if (t->flags & CLUA_SPENT) return;
  if (instructions) t->budget = limits->instructions;
  if (!instructions && t->started) return;
  t->began = seconds_now();
  t->spent = processor_now();
  t->most = limits->seconds * NANO;
}

static int stop(lua_State *L, clua_task *t) {
  if (!(t->flags & CLUA_SPENT)) {
    t->flags |= CLUA_SPENT;
    t->budget = t->state->limits.cleanup;
    t->most = processor_now() - t->spent + t->state->limits.seconds * NANO / 4;
  } else {
    t->dead = true;
    lua_sethook(L, clua_hook, CLUA_MASK(L), 1);
  }
  return clua_raise(L, "limit", clua_out_of_budget);
}

static void take(clua_task *t, int64_t steps) {
  t->budget -= steps + (int64_t)(t->state->churn / 64);
  t->state->churn = 0;
}

void clua_owe(lua_State *L, int64_t steps) {
  clua_task *t = TASK(L);
  if (t) take(t, steps);
}

/* Work inside C functions does not count as instructions. The clock is also checked after the same amount of such work. */
void clua_charge(lua_State *L, int64_t steps) {
  clua_task *t = TASK(L);
  if (!t) return;
  take(t, steps);
  t->unseen += steps;
  bool late = false;
  if (t->unseen >= SLICE) {
    t->unseen = 0;
    late = over_time(t);
  }
  if (t->budget < 0 || late) stop(L, t);
}

/* When Lua calls the handlers of an error that this hook raises, it still treats the hook as running, so nothing would count what the
 * handlers do. So only our own handlers are allowed to see these errors (protect.c). */
void clua_hook(lua_State *L, lua_Debug *ar) {
  if (ar->event == LUA_HOOKLINE) {
    clua_cover(L, ar);
    return;
  }
  clua_task *t = TASK(L);
  if (!t) return;
  int counted = lua_gethookcount(L), wanted = clua_slice(t->state);
  take(t, counted);
  if (counted != wanted && !t->dead) lua_sethook(L, clua_hook, CLUA_MASK(L), wanted);
  if (t->budget < 0 || over_time(t)) stop(L, t);
}

/* ---- sticky states ------------------------------------------------------------------------------------------- */

int clua_flags(lua_State *L) {
  clua_task *t = TASK(L);
  return t ? t->flags | t->refusals << CLUA_COUNT : 0;
}

bool clua_passes(lua_State *L, int before) {
  clua_task *t = TASK(L);
  clua_settle(clua_of(L));
  return t && (t->dead || (clua_flags(L) & ~before & CLUA_STICKY) != 0 || t->refusals != before >> CLUA_COUNT);
}
