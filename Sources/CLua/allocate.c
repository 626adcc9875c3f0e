/* The memory of a state. It is counted and bounded, and each refusal has a reason and a place. */
#include "inside.h"
#include <stdio.h>
#include <string.h>

static lua_State *running(clua_state *s) {
  clua_task *t = s->current;
  if (!t) return NULL;
  return t->depth ? t->chain[t->depth - 1] : t->co;
}

/* If every call passes on all of its arguments, the time to fill a stack grows with the square of the stack's length. */
#define STACK_COST 4000000

/* Remembers the place of a refusal. While the error unwinds, there might be no frame of the recipe left. In that case, a further refusal
 * keeps the known place. */
static void note_place(clua_state *s) {
  lua_Debug ar;
  lua_State *L = running(s);
  for (int level = 0; L && level < 200 && lua_getstack(L, level, &ar); level++)
    if (lua_getinfo(L, "Sl", &ar) && clua_is_recipe(&ar)) {
      snprintf(s->refused, sizeof s->refused, "%s:%d", ar.source + 1, ar.currentline);
      return;
    }
}

/* Marks the running task as one whose step must end. A <close> variable can raise another error later, or yield, so the error itself is
 * not enough to recognize the refusal. A refusal can cost more than the rest of the budget, and <close> variables still have to run. */
static void fill(clua_state *s, clua_task *t, int why) {
  t->refusals++;
  if (!(t->flags & (CLUA_FULL | CLUA_SPENT))) {
    t->filled_first = true;
    if (t->budget < s->limits.cleanup) t->budget = s->limits.cleanup;
  }
  if (!(t->flags & CLUA_FULL)) {
    t->refusal = why;
    memcpy(t->refused, s->refused, sizeof t->refused);
  }
  t->flags |= CLUA_FULL;
}

/* Whether a request is the one that was refused last. */
static bool is_again(const clua_state *s, const void *old, size_t had, size_t size) {
  return s->denied && s->denied_block == old && s->denied_had == had && s->denied_size == size;
}

/* Makes the request final that was refused once and not repeated. */
static void settle(clua_state *s) {
  s->denied = false;
  s->refusal = s->denied_why;
  if (s->current && s->refusal != CLUA_LONG_TEXT) fill(s, s->current, s->refusal);
}

void clua_settle(clua_state *s) {
  if (s->denied) settle(s);
}

/* Lua repeats a request that is refused, after a search for garbage, during which it requests nothing. So the recipe can notice only the
 * second refusal. But Lua's functions for strings do not repeat a request for a buffer. There, the first refusal is final as soon as
 * something else is requested, or a protected call ends. */
static void *refuse(clua_state *s, int why, const void *old, size_t had, size_t size) {
  /* Lua searches all memory, so a loop at the limit costs more than its instructions. */
  if (s->current) s->current->budget -= (int64_t)(s->used / 16) + (why == CLUA_DEEP_STACK ? STACK_COST : 0);
  bool again = is_again(s, old, had, size);
  s->denied = true;
  s->denied_why = why;
  s->denied_block = old;
  s->denied_had = had;
  s->denied_size = size;
  note_place(s);
  if (again) settle(s);
  return NULL;
}

const char *clua_refusal(int why) {
  switch (why) {
    case CLUA_LONG_TEXT: return "not enough memory: a string is longer than the 8 MB that one may have";
    case CLUA_DEEP_STACK:
      return "stack overflow: calls are nested too deeply, or take too many values at once; is there a function that calls itself without "
             "end?";
    default: return "not enough memory";
  }
}

/* Requests an immediate check of the budget, because a string is long or a lot of memory was taken. */
static void check_soon(clua_state *s) {
  lua_State *L = running(s);
  if (L && lua_gethook(L)) lua_sethook(L, clua_hook, CLUA_MASK(L), 1);
}

void *clua_allocate(void *ud, void *old, size_t had, size_t size) {
  clua_state *s = ud;
  bool text = !old && had == LUA_TSTRING; /* for a new block, `had` says what it is for */
  if (!old) had = 0;
  if (size == 0) {
    s->used -= had;
    clua_release(s, old, had);
    return NULL;
  }
  if (size > had) {
    if (s->denied && !is_again(s, old, had, size)) settle(s);
    if (text && size > s->limits.text + 64) return refuse(s, CLUA_LONG_TEXT, old, had, size);
    if (size > (CLUA_STACK + 64) * 16 && clua_grows_stack(s, old ? had : 0, size)) return refuse(s, CLUA_DEEP_STACK, old, had, size);
    if (s->used + (size - had) > s->limits.memory) return refuse(s, CLUA_NO_MEMORY, old, had, size);
  }
  void *block = clua_resize(s, old, had, size);
  if (!block) return refuse(s, CLUA_NO_MEMORY, old, had, size);
  if (size > had) s->denied = false;
  s->newest = block;
  s->newest_size = size;
  s->used += size - had;
  if (size > had) s->churn += size - had;
  if (text && size > s->longest) {
    int slice = clua_slice(s);
    s->longest = size;
    if (clua_slice(s) != slice) check_soon(s);
  }
  if (s->churn > CLUA_CHURN) check_soon(s);
  return block;
}
