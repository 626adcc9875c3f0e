/* Where a state's blocks come from. Small blocks are cut from slabs and go back to a list for their size. Hooks create and discard many of
 * them, and the collector frees thousands in one go. A general allocator would join and split them every time. */
#include "inside.h"
#include <stdlib.h>
#include <string.h>

#define SLAB (64u << 10)

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CLUA_PLAIN 1 /* the sanitizer detects only wrong use of single blocks */
#endif
#endif

struct clua_slab {
  _Alignas(16) struct clua_slab *next;
}; /* and then the blocks, which are cut off from its end */

static bool is_small(size_t size) {
#ifdef CLUA_PLAIN
  (void)size;
  return false;
#else
  return size <= CLUA_SMALL;
#endif
}

/* All blocks in a list have the size that the list's number stands for. */
static size_t list_of(size_t size) { return (size + 15) / 16; }

static void *take_large(clua_state *s, size_t size) { return s->place ? clua_place_take(s->place, size) : malloc(size); }
static void give_large(clua_state *s, void *block) { s->place ? clua_place_give(s->place, block) : free(block); }

static void *take(clua_state *s, size_t size) {
  if (!is_small(size)) return take_large(s, size);
  size_t list = list_of(size), room = list * 16;
  void *block = s->spare[list];
  if (block) {
    memcpy(&s->spare[list], block, sizeof block);
    return block;
  }
  if (s->left < room) {
    struct clua_slab *slab = take_large(s, SLAB);
    if (!slab) return NULL;
    slab->next = s->slabs;
    s->slabs = slab;
    s->left = SLAB - sizeof *slab;
  }
  s->left -= room;
  return (uint8_t *)s->slabs + sizeof *s->slabs + s->left;
}

static void give(clua_state *s, void *block, size_t size) {
  if (!is_small(size)) return give_large(s, block);
  memcpy(block, &s->spare[list_of(size)], sizeof block);
  s->spare[list_of(size)] = block;
}

void *clua_resize(clua_state *s, void *old, size_t had, size_t size) {
  if (!old) return take(s, size);
  if (!is_small(had) && !is_small(size)) return s->place ? clua_place_resize(s->place, old, had, size) : realloc(old, size);
  if (is_small(had) && is_small(size) && list_of(had) == list_of(size)) return old;
  void *block = take(s, size);
  if (!block) return NULL;
  memcpy(block, old, had < size ? had : size);
  give(s, old, had);
  return block;
}

void clua_release(clua_state *s, void *block, size_t size) {
  if (block) give(s, block, size);
}

void clua_release_slabs(clua_state *s) {
  while (s->slabs) {
    struct clua_slab *next = s->slabs->next;
    free(s->slabs);
    s->slabs = next;
  }
}
