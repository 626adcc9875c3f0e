/* The seed of the hashes of strings. Lua makes it from the clock and from addresses, and no function sets it. It decides which names share
 * a place in a table, so it decides when the table grows, and with that the length of a list with holes. Two states that read the same
 * sources would differ. So all states get the same seed. Trials find out where a state keeps it. Nothing is assumed, and if it is not
 * found, no state is opened. */
#include "inside.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SEED 0x5eed1a57u
#define LARGEST 4096 /* bytes of the first block of a state, in which the seed is */
#define TRIALS 3
#define MARK 16 /* bytes of a string object before its hash, at least; it begins with the pointer to the next object */

static const char *const texts[] = {"seed", "a name", "another name"};
#define TEXTS (sizeof texts / sizeof *texts)

typedef struct {
  uint8_t *root, early[LARGEST]; /* the first block, and what was in it when the second was requested */
  size_t size;
  bool second, possible[LARGEST / sizeof(uint32_t)];
} trial;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static size_t seed_at, root_size; /* the first is 0 if the seed was not found */

static void *allocate(void *ud, void *old, size_t had, size_t size) {
  trial *t = ud;
  (void)had;
  if (size == 0) {
    free(old);
    return NULL;
  }
  if (!t->root) {
    if (size > LARGEST) return NULL;
    t->size = size;
    return t->root = calloc(1, size);
  }
  if (!t->second) memcpy(t->early, t->root, t->size);
  t->second = true;
  return realloc(old, size);
}

static uint32_t word(const uint8_t *bytes, size_t at) {
  uint32_t word;
  memcpy(&word, bytes + at, sizeof word);
  return word;
}

static uint32_t hash(const char *text, uint32_t seed) {
  size_t count = strlen(text);
  uint32_t hash = seed ^ (uint32_t)count;
  while (count > 0) hash ^= (hash << 5) + (hash >> 2) + (uint8_t)text[--count];
  return hash;
}

/* Whether each of the strings on the stack has the hash for a seed in the same place. */
static bool is_seed(lua_State *L, uint32_t seed) {
  for (size_t at = sizeof(void *); at < MARK + sizeof(uint32_t); at += sizeof(uint32_t)) {
    size_t same = 0;
    for (int i = 0; i < (int)TEXTS; i++) {
      const uint8_t *object = lua_topointer(L, i + 1), *text = (const uint8_t *)lua_tostring(L, i + 1);
      if (object && text > object && (size_t)(text - object) >= at + sizeof seed) same += word(object, at) == hash(texts[i], seed);
    }
    if (same == TEXTS) return true;
  }
  return false;
}

/* Finds the words that were there before the state had any string, are there still, and are the seed of its strings. */
static int run_trial(lua_State *L) {
  void *ud;
  lua_getallocf(L, &ud);
  trial *t = ud;
  lua_settop(L, 0);
  for (size_t i = 0; i < TEXTS; i++) lua_pushstring(L, texts[i]);
  for (size_t at = 0; at + sizeof(uint32_t) <= t->size; at += sizeof(uint32_t)) {
    bool *possible = &t->possible[at / sizeof(uint32_t)];
    *possible = *possible && word(t->early, at) == word(t->root, at) && is_seed(L, word(t->root, at));
  }
  return 0;
}

static bool try_once(trial *t) {
  t->root = NULL;
  t->second = false;
  lua_State *L = lua_newstate(allocate, t);
  if (!L) return false;
  lua_pushcfunction(L, run_trial);
  bool good = lua_pcall(L, 0, 0, 0) == LUA_OK;
  lua_close(L);
  return good;
}

static void find(void) {
  trial *t = calloc(1, sizeof *t);
  if (!t) return;
  memset(t->possible, true, sizeof t->possible);
  bool good = true;
  for (int i = 0; i < TRIALS && good; i++) good = try_once(t);
  size_t found = 0;
  for (size_t i = 1; good && i < t->size / sizeof(uint32_t); i++) {
    if (!t->possible[i]) continue;
    found++;
    seed_at = i * sizeof(uint32_t);
  }
  if (found != 1) seed_at = 0;
  root_size = t->size;
  free(t);
}

/* Sets the seed when the second block is requested: Lua has made its own, and has no string yet. */
static void *allocate_first(void *ud, void *old, size_t had, size_t size) {
  clua_state *s = ud;
  if (s->root && !s->seeded) {
    static const uint32_t seed = SEED;
    memcpy(s->root + seed_at, &seed, sizeof seed);
    s->seeded = true;
  }
  void *block = clua_allocate(s, old, had, size);
  if (!s->root && size == root_size) s->root = block;
  return block;
}

const char *clua_unusable(void) {
  pthread_once(&once, find);
  return seed_at ? NULL : "this build of liblua5.4 hides the seed of its hashes, so a recipe could not be replayed";
}

lua_State *clua_new_state(clua_state *s) {
  if (clua_unusable()) return NULL;
  lua_State *L = lua_newstate(allocate_first, s);
  s->root = NULL;
  if (L) lua_setallocf(L, clua_allocate, s);
  return L;
}
