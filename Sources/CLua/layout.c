/* Two things affect the cost of an operation, and no function of Lua reports them: the number of places for members in a table, and which
 * block is a stack. When a state is opened, trials find out where the state keeps them. Nothing is assumed, and anything that is not found
 * is not used. */
#include "inside.h"
#include <string.h>

#define SEEN 32 /* bytes of a table that are looked at, fewer than the smallest table has */

static const uint8_t *fresh_table(lua_State *L, int list, int named) {
  lua_createtable(L, list, named);
  return lua_topointer(L, -1);
}

static void find_table(lua_State *L, clua_state *s) {
  const uint8_t *many = fresh_table(L, 0, 1024), *few = fresh_table(L, 0, 8), *list = fresh_table(L, 777, 0);
  uint32_t size;
  for (size_t at = sizeof(void *); at < SEEN; at++)
    if (many[at] == 10 && few[at] == 3 && list[at] == 0) s->nodes_at = at;
  for (size_t at = sizeof(void *); at + sizeof size <= SEEN; at += sizeof size) {
    memcpy(&size, list + at, sizeof size);
    if (size != 777) continue;
    memcpy(&size, few + at, sizeof size);
    if (size == 0) s->array_at = at;
  }
  lua_pop(L, 3);
}

static uintptr_t word_at(lua_State *co, size_t at) {
  uintptr_t word;
  memcpy(&word, (const uint8_t *)co + at, sizeof word);
  return word;
}

#define VALUE 16 /* bytes of a value on a stack */
#define SPARE 5  /* values that a stack has beyond its end, for errors */

/* The last block that a new coroutine takes is its stack. The coroutine records where the stack begins and ends. A stack grows into a
 * larger block. */
static void find_stack(lua_State *L, clua_state *s) {
  lua_State *co = lua_newthread(L);
  size_t begin = 0, end = 0;
  uintptr_t stack = (uintptr_t)s->newest;
  for (size_t at = sizeof(void *); at < 16 * sizeof(void *); at += sizeof(void *)) {
    if (word_at(co, at) == stack) begin = at;
    if (word_at(co, at) == stack + s->newest_size - SPARE * VALUE) end = at;
  }
  s->newest = NULL;
  if (begin && end && lua_checkstack(co, 500) && s->newest && word_at(co, begin) == (uintptr_t)s->newest &&
      word_at(co, end) == (uintptr_t)s->newest + s->newest_size - SPARE * VALUE) {
    s->stack_at = begin;
    s->stack_end_at = end;
  }
  lua_pop(L, 1);
}

void clua_find_layout(lua_State *L) {
  clua_state *s = clua_of(L);
  luaL_checkstack(L, 8, NULL);
  lua_gc(L, LUA_GCSTOP); /* meanwhile, nothing else takes or frees blocks */
  find_table(L, s);
  find_stack(L, s);
  lua_gc(L, LUA_GCRESTART);
}

int64_t clua_slots(lua_State *L, int index) {
  const clua_state *s = clua_of(L);
  const uint8_t *table = lua_topointer(L, index);
  uint32_t list = 0;
  int64_t slots = 0;
  if (s->nodes_at) slots = (int64_t)1 << (table[s->nodes_at] & 31);
  if (s->array_at) memcpy(&list, table + s->array_at, sizeof list);
  return slots + 2 * (int64_t)list; /* the recorded size can be half of the real one */
}

bool clua_grows_stack(clua_state *s, size_t size) {
  clua_task *t = s->current;
  lua_State *L = !t ? s->L : t->depth ? t->chain[t->depth - 1] : t->co;
  if (!s->stack_at) return false;
  return size == 2 * (word_at(L, s->stack_end_at) - word_at(L, s->stack_at)) + SPARE * VALUE;
}
