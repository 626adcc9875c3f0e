/* What the files of this target share. */
#ifndef CLUA_INSIDE_H
#define CLUA_INSIDE_H
#include "clua.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#define CLUA_SMALL 512           /* bytes of the largest block that is cut from a slab */

typedef struct {
  uint8_t *bytes;
  size_t count, room;
  bool failed; /* no memory, or too much */
} clua_buffer;

struct clua_state {
  lua_State *L;
  clua_limits limits;
  size_t used;
  size_t churn;        /* bytes taken since the hook last ran: big copies cost, too */
  clua_task *current;  /* the task whose step is under way */
  int64_t next;        /* number of the next registered function */
  int64_t functions;   /* how many are registered */
  void *spare[CLUA_SMALL / 16 + 1]; /* blocks that are free, by their size in units of 16 bytes; each holds the next one */
  struct clua_slab *slabs;
  size_t left;         /* bytes of the newest slab that nobody had yet */
  clua_buffer log;     /* levels and texts, in turn */
  int notes;
  char refused[256];   /* where the last request for memory was refused */
  char message[1024];
};

struct clua_task {
  clua_state *state;
  lua_State *co;
  int anchor;
  int64_t function, budget;
  lua_State **chain;   /* coroutines it is inside of, outermost first; without `co` */
  int depth, room;
  clua_buffer reply;
  const uint8_t *answer;
  size_t answered;
  char *inner;         /* frames of coroutines that an error has left */
  int flags;           /* sticky: CANCELLED, SPENT */
  int closing;         /* inside coroutine.close: nothing may wait there */
  int arguments;
  bool started, dead, failed;
};

enum { CLUA_CANCELLED = 1, CLUA_SPENT = 2 };
#define CLUA_SLICE 1000          /* instructions between two looks at the budget */
#define CLUA_CHURN (8u << 20)    /* bytes that bring the next look forward */
#define CLUA_LARGEST 10000000    /* elements that a table function handles */
#define TASK(L) (*(clua_task **)lua_getextraspace(L))

/* registry keys */
extern char clua_key_functions, clua_key_titles, clua_key_origins, clua_key_launch, clua_key_error;
clua_state *clua_of(lua_State *L);

/* memory.c */
/* As realloc, of a block of that size; NULL where there is no memory, and the old block stays. */
void *clua_resize(clua_state *s, void *old, size_t had, size_t size);
void clua_release(clua_state *s, void *block, size_t size);
/* Once nothing of them is in use. */
void clua_release_slabs(clua_state *s);

/* wire.c */
void clua_put(clua_buffer *b, const void *bytes, size_t count);
/* NULL, or why the value cannot be coded. Lenient: codes such a value as nil. Raises on memory only. */
const char *clua_encode(lua_State *L, int index, clua_buffer *b, int depth, bool lenient);
/* Pushes all coded values; raises on memory only. Returns how many. */
int clua_decode(lua_State *L, const uint8_t *bytes, size_t count);

/* trace.c */
/* Frames of recipe code, innermost first, one a line; from malloc, never raises. */
char *clua_trace(lua_State *L, clua_task *task);
char *clua_frames(lua_State *L);
bool clua_where(lua_State *L, clua_task *task, const char *skip, char *file, size_t room, int *line);
/* The table on top becomes an error object with a place and a traceback. */
void clua_locate(lua_State *L);
int clua_raise(lua_State *L, const char *kind, const char *message);
int clua_handler(lua_State *L);
void clua_trace_library(lua_State *L);

/* task.c */
void clua_hook(lua_State *L, lua_Debug *ar);
void clua_charge(lua_State *L, int64_t steps);
int clua_flags(lua_State *L);
bool clua_passes(lua_State *L, int before);
int clua_ask(lua_State *L);
void clua_task_library(lua_State *L);

/* base.c, coroutine.c, match.c, tables.c: each adds its functions to the table on top */
void clua_base_library(lua_State *L);
void clua_coroutine_library(lua_State *L);
void clua_string_library(lua_State *L);
void clua_table_library(lua_State *L);
void clua_match_functions(lua_State *L);
/* Pushes the text of a value; addresses never show. */
const char *clua_text(lua_State *L, int index, size_t *count);
#endif
