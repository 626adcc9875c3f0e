/* Keeps long sources in Lua's compiled form for states that read them again, because every test of a spec reads the spec's whole file.
 * Keeps only what this process itself compiled. The compiled form is used only for a source that is identical byte for byte.
 * The compiler counts nested expressions as C calls, and refuses a text if there are too many. So the compiled form is used only where no
 * more C calls are running than when the text was compiled. Otherwise, a recipe could find out what the process has read before. */
#include "inside.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LEAST 8192 /* bytes of the shortest source that is kept */
#define CALLS 150  /* C calls with which nothing is kept; beyond 200, handlers of errors get a few more, and less could be refused */
#define PLACES 8

typedef struct {
  char *name, *text;
  size_t count;
  int calls; /* number of C calls that were running when it was compiled, at most */
  clua_buffer code;
  uint64_t used; /* when it was last requested, counted in requests */
} kept;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static kept places[PLACES];
static uint64_t now;

static kept *find(const char *text, size_t count, const char *name) {
  for (int i = 0; i < PLACES; i++) {
    kept *k = &places[i];
    if (k->text && k->count == count && strcmp(k->name, name) == 0 && memcmp(k->text, text, count) == 0) return k;
  }
  return NULL;
}

static void empty(kept *k) {
  free(k->name);
  free(k->text);
  free(k->code.bytes);
  memset(k, 0, sizeof *k);
}

static int put(lua_State *L, const void *bytes, size_t count, void *buffer) {
  (void)L;
  clua_put(buffer, bytes, count);
  return ((clua_buffer *)buffer)->failed;
}

/* Keeps the function on top, in the place that has been unused for the longest time. */
static void keep(lua_State *L, const char *text, size_t count, const char *name, int calls) {
  kept new = {strdup(name), malloc(count), count, calls, {0}, 0};
  if (!new.name || !new.text || lua_dump(L, put, &new.code, 0) != 0 || new.code.failed) {
    empty(&new);
    return;
  }
  memcpy(new.text, text, count);
  pthread_mutex_lock(&lock);
  kept *same = find(text, count, name);
  if (same) same->calls = calls > same->calls ? calls : same->calls;
  else {
    kept *oldest = &places[0];
    for (int i = 1; i < PLACES; i++)
      if (places[i].used < oldest->used) oldest = &places[i];
    empty(oldest);
    new.used = ++now;
    *oldest = new;
    memset(&new, 0, sizeof new);
  }
  pthread_mutex_unlock(&lock);
  empty(&new);
}

/* Makes a copy, so that nobody waits while another state loads it. */
static bool copied(const char *text, size_t count, const char *name, int calls, clua_buffer *code) {
  pthread_mutex_lock(&lock);
  kept *k = find(text, count, name);
  bool fits = k && calls <= k->calls;
  if (fits) {
    k->used = ++now;
    clua_put(code, k->code.bytes, k->code.count);
  }
  pthread_mutex_unlock(&lock);
  return fits && !code->failed;
}

int clua_load_text(lua_State *L, const char *text, size_t count, const char *name) {
  int calls = clua_calls(L);
  if (count < LEAST || calls < 0 || calls > CALLS) return luaL_loadbufferx(L, text, count, name, "t");
  clua_buffer code = {0};
  if (copied(text, count, name, calls, &code)) {
    int status = luaL_loadbufferx(L, (const char *)code.bytes, code.count, name, "b");
    free(code.bytes);
    return status;
  }
  free(code.bytes);
  int status = luaL_loadbufferx(L, text, count, name, "t");
  if (status == LUA_OK) keep(L, text, count, name, calls);
  return status;
}
