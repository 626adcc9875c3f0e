/* Which lines of recipes ran, and how often. This is for people who test recipes. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>

#define LONGEST 1000000 /* lines of one source */

struct clua_covered {
  char *source;
  uint32_t *hits; /* by line; the first entry is for line 0, which no source has */
  size_t lines;
};

static clua_covered *of(clua_state *s, const char *source) {
  if (s->recent < s->sources && strcmp(s->covered[s->recent].source, source) == 0) return &s->covered[s->recent];
  for (s->recent = 0; s->recent < s->sources; s->recent++)
    if (strcmp(s->covered[s->recent].source, source) == 0) return &s->covered[s->recent];
  clua_covered *more = realloc(s->covered, (s->sources + 1) * sizeof *more);
  if (!more) return NULL;
  s->covered = more;
  char *name = strdup(source);
  if (!name) return NULL;
  more[s->sources] = (clua_covered){name, NULL, 0};
  s->recent = s->sources;
  return &more[s->sources++];
}

void clua_cover(lua_State *L, lua_Debug *ar) {
  if (!lua_getinfo(L, "S", ar) || !clua_is_recipe(ar) || ar->currentline <= 0 || ar->currentline >= LONGEST) return;
  clua_covered *one = of(clua_of(L), ar->source + 1);
  if (!one) return;
  size_t line = (size_t)ar->currentline;
  if (line >= one->lines) {
    size_t room = line + 1 + line / 2;
    uint32_t *hits = realloc(one->hits, room * sizeof *hits);
    if (!hits) return;
    memset(hits + one->lines, 0, (room - one->lines) * sizeof *hits);
    one->hits = hits;
    one->lines = room;
  }
  if (one->hits[line] < UINT32_MAX) one->hits[line]++;
}

const char *clua_covered_source(const clua_state *s, size_t index, const uint32_t **hits, size_t *lines) {
  if (index >= s->sources) return NULL;
  *hits = s->covered[index].hits;
  *lines = s->covered[index].lines;
  return s->covered[index].source;
}

void clua_forget_coverage(clua_state *s) {
  for (size_t i = 0; i < s->sources; i++) {
    free(s->covered[i].source);
    free(s->covered[i].hits);
  }
  free(s->covered);
  s->covered = NULL;
  s->sources = s->recent = 0;
}
