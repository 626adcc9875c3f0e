/* Some things affect what an operation costs or whether it is possible, and no function of Lua reports them: the number of places for
 * members in a table, which block is a stack, and the number of C calls that are running. When a state is opened, trials find out where the
 * state keeps them. Nothing is assumed, and anything that is not found is not used. */
#include "inside.h"
#include <string.h>

#define STATE 192 /* bytes of a thread that are looked at, fewer than it has */
#define SEEN 32   /* bytes of a table that are looked at, fewer than the smallest table has */

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

#define DIVES 4 /* nested calls of the trial */
#define CALLS 0xffffu

static uint32_t number_at(lua_State *L, size_t at) {
  uint32_t number;
  memcpy(&number, (const uint8_t *)L + at, sizeof number);
  return number;
}

typedef struct {
  size_t depth;
  uint32_t seen[DIVES][STATE / sizeof(uint32_t)]; /* the thread, at each depth */
} dive;

static int take_part(lua_State *L) {
  dive *d = lua_touserdata(L, 1);
  memcpy(d->seen[d->depth++], L, STATE);
  if (d->depth == DIVES) return 0;
  lua_pushcfunction(L, take_part);
  lua_pushlightuserdata(L, d);
  lua_call(L, 1, 0);
  return 0;
}

/* Each C call adds 1 to the lower half of the counter. Nothing else in a thread does the same. */
static void find_calls(lua_State *L, clua_state *s) {
  dive d = {0, {{0}}};
  int found = 0;
  for (int i = 0; i < 2; i++) { /* the first time, the thread makes records of calls, which are counted in it as well */
    d.depth = 0;
    lua_pushcfunction(L, take_part);
    lua_pushlightuserdata(L, &d);
    lua_call(L, 1, 0);
  }
  for (size_t i = 0; i < STATE / sizeof(uint32_t); i++) {
    size_t same = 1;
    while (same < DIVES && (d.seen[same][i] & CALLS) == (d.seen[0][i] & CALLS) + same) same++;
    if (same < DIVES || (d.seen[0][i] & CALLS) > 200) continue;
    s->calls_at = i * sizeof(uint32_t);
    found++;
  }
  if (found != 1) s->calls_at = 0;
}

int clua_calls(lua_State *L) {
  const clua_state *s = clua_of(L);
  return s->calls_at ? (int)(number_at(L, s->calls_at) & CALLS) : -1;
}

/* Lua 5.4.6 and later do this themselves. Before that, a thread that is closed kept the number that it had when it waited, and a chain of
 * such threads left the C stack. */
bool clua_share_calls(lua_State *co, lua_State *from) {
  const clua_state *s = clua_of(co);
  if (!s->calls_at) return LUA_VERSION_RELEASE_NUM >= 50406;
  uint32_t calls = (number_at(co, s->calls_at) & ~CALLS) | (number_at(from, s->calls_at) & CALLS);
  memcpy((uint8_t *)co + s->calls_at, &calls, sizeof calls);
  return true;
}

void clua_find_layout(lua_State *L) {
  clua_state *s = clua_of(L);
  luaL_checkstack(L, 8, NULL);
  lua_gc(L, LUA_GCSTOP); /* meanwhile, nothing else takes or frees blocks */
  find_table(L, s);
  find_stack(L, s);
  find_calls(L, s);
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

bool clua_grows_stack(clua_state *s, size_t had, size_t size) {
  clua_task *t = s->current;
  lua_State *L = !t ? s->L : t->depth ? t->chain[t->depth - 1] : t->co;
  if (!s->stack_at) return false;
  size_t length = word_at(L, s->stack_end_at) - word_at(L, s->stack_at);
  return size == 2 * length + SPARE * VALUE && (!had || had == length + SPARE * VALUE);
}
