/* The memory of a state. It is counted and bounded, and each refusal has a reason and a place. */
#include "inside.h"
#include <stdio.h>

static lua_State *running(clua_state *s) {
  clua_task *t = s->current;
  if (!t) return NULL;
  return t->depth ? t->chain[t->depth - 1] : t->co;
}

/* If every call passes on all of its arguments, the time to fill a stack grows with the square of the stack's length. */
#define STACK_COST 4000000

static void *refuse(clua_state *s, int why) {
  lua_Debug ar;
  lua_State *L = running(s);
  s->refusal = why;
  /* While the error unwinds, there might be no frame of the recipe left. In that case, a further refusal keeps the known place. */
  /* Before Lua gives up, it searches all memory for garbage, so a loop at the limit costs more than its instructions. */
  if (s->current) s->current->budget -= (int64_t)(s->used / 16) + (why == CLUA_DEEP_STACK ? STACK_COST : 0);
  for (int level = 0; L && level < 200 && lua_getstack(L, level, &ar); level++)
    if (lua_getinfo(L, "Sl", &ar) && clua_is_recipe(&ar)) {
      snprintf(s->refused, sizeof s->refused, "%s:%d", ar.source + 1, ar.currentline);
      break;
    }
  return NULL;
}

const char *clua_refusal(const clua_state *s) {
  switch (s->refusal) {
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
    if (text && size > s->limits.text + 64) return refuse(s, CLUA_LONG_TEXT);
    if (!old && size > (CLUA_STACK + 64) * 16 && clua_grows_stack(s, size)) return refuse(s, CLUA_DEEP_STACK);
    if (s->used + (size - had) > s->limits.memory) return refuse(s, CLUA_NO_MEMORY);
  }
  void *block = clua_resize(s, old, had, size);
  if (!block) return refuse(s, CLUA_NO_MEMORY);
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
