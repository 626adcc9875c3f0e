/* Places for states that begin as copies. To read the prelude takes milliseconds, and every test of a spec needs several fresh states. So
 * the first state of a place reads the prelude, its memory is kept, and each further state of the place begins with a copy of that memory
 * at the same addresses. Meanwhile, nothing but that memory belongs to the state, so nothing else has to be copied.
 * Blocks for which the range has no room, and blocks that a copy takes later, come from malloc, and are freed all at once. There is nothing
 * to finalize, as __gc is refused. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define RANGE (16u << 20) /* bytes that a state may use and still be kept: memory of large blocks is not used again; a prelude uses 2 MB */

typedef struct outer {
  struct outer *next, *previous;
} outer; /* and then the bytes of the block */
_Static_assert(sizeof(outer) % 16 == 0, "blocks are aligned");

struct clua_place {
  uint8_t *range;
  size_t used;   /* bytes of the range that are in use */
  uint8_t *kept; /* those bytes when the prelude had been read, or NULL */
  outer *blocks; /* blocks outside of the range */
  bool spilled;  /* whether a block was outside before a state was kept: such a state has memory that a copy would lack */
};

clua_place *clua_place_new(void) {
  clua_place *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->range = mmap(NULL, RANGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p->range != MAP_FAILED) return p;
  free(p);
  return NULL;
}

void clua_place_free(clua_place *p) {
  if (!p) return;
  clua_place_empty(p);
  munmap(p->range, RANGE);
  free(p->kept);
  free(p);
}

static size_t rounded(size_t size) { return (size + 15) / 16 * 16; }
static bool is_inside(const clua_place *p, const void *block) {
  return (const uint8_t *)block >= p->range && (const uint8_t *)block < p->range + RANGE;
}

static void *cut(clua_place *p, size_t size) {
  if (size > RANGE || RANGE - p->used < rounded(size)) return NULL;
  void *block = p->range + p->used;
  p->used += rounded(size);
  return block;
}

/* The same block with another size, if it was cut last and there is room. Lists grow like that. */
static void *stretch(clua_place *p, uint8_t *old, size_t had, size_t size) {
  if (size <= had) return old;
  if (p->kept || old + rounded(had) != p->range + p->used || size > RANGE || RANGE - (size_t)(old - p->range) < rounded(size)) return NULL;
  p->used = (size_t)(old - p->range) + rounded(size);
  return old;
}

static void link_in(clua_place *p, outer *block) {
  block->previous = NULL;
  block->next = p->blocks;
  if (p->blocks) p->blocks->previous = block;
  p->blocks = block;
}

static void link_out(clua_place *p, outer *block) {
  if (block->next) block->next->previous = block->previous;
  if (block->previous) block->previous->next = block->next;
  else p->blocks = block->next;
}

void *clua_place_take(clua_place *p, size_t size) {
  void *inside = p->kept ? NULL : cut(p, size);
  if (inside) return inside;
  outer *block = size > SIZE_MAX - sizeof *block ? NULL : malloc(sizeof *block + size);
  if (!block) return NULL;
  if (!p->kept) p->spilled = true;
  link_in(p, block);
  return block + 1;
}

void clua_place_give(clua_place *p, void *bytes) {
  if (!bytes || is_inside(p, bytes)) return;
  outer *block = (outer *)bytes - 1;
  link_out(p, block);
  free(block);
}

void *clua_place_resize(clua_place *p, void *old, size_t had, size_t size) {
  if (is_inside(p, old)) {
    void *block = stretch(p, old, had, size);
    if (block || !(block = clua_place_take(p, size))) return block;
    return memcpy(block, old, had);
  }
  outer *block = (outer *)old - 1;
  link_out(p, block);
  outer *moved = size > SIZE_MAX - sizeof *block ? NULL : realloc(block, sizeof *block + size);
  link_in(p, moved ? moved : block);
  return moved ? moved + 1 : NULL;
}

void clua_place_empty(clua_place *p) {
  while (p->blocks) {
    outer *next = p->blocks->next;
    free(p->blocks);
    p->blocks = next;
  }
  if (!p->kept) {
    p->used = 0;
    p->spilled = false;
  }
}

clua_state *clua_open_at(clua_place *p, const clua_limits *limits) {
  clua_state *s = p->kept || p->used ? NULL : cut(p, sizeof *s);
  if (!s) return NULL;
  memset(s, 0, sizeof *s);
  s->place = p;
  return clua_begin(s, limits);
}

bool clua_keep(clua_state *s) {
  clua_place *p = s->place;
  if (!p || p->kept || p->spilled || s->current || s->noted) return false;
  clua_collect(s);
  free(s->log.bytes);
  memset(&s->log, 0, sizeof s->log);
  clua_forget_coverage(s);
  p->kept = malloc(p->used);
  if (p->kept) memcpy(p->kept, p->range, p->used);
  return p->kept;
}

clua_state *clua_again(clua_place *p, const clua_limits *limits) {
  if (!p->kept) return NULL;
  memcpy(p->range, p->kept, p->used);
  clua_state *s = (clua_state *)(void *)p->range;
  s->limits = *limits;
  return s;
}
