/* What the files of this target share. */
#ifndef CLUA_INSIDE_H
#define CLUA_INSIDE_H
#include "clua.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#define CLUA_SMALL 512 /* bytes of the largest block that is cut from a slab */

typedef struct {
  uint8_t *bytes;
  size_t count, room;
  bool failed; /* no memory, or too much */
} clua_buffer;

typedef struct clua_covered clua_covered;

/* Why a request for memory was refused. */
enum { CLUA_NO_MEMORY, CLUA_LONG_TEXT, CLUA_DEEP_STACK };

struct clua_state {
  lua_State *L;
  clua_limits limits;
  clua_place *place; /* where the state is, or NULL if it is in blocks of its own */
  size_t used;
  size_t churn;                     /* bytes taken since the last charge, because big copies cost too */
  size_t longest;                   /* bytes of the longest string that it ever had */
  clua_task *current;               /* the task whose step is running */
  uintptr_t tasks;                  /* number of tasks so far */
  int64_t next;                     /* number of the next registered function */
  int64_t functions;                /* number of registered functions */
  void *spare[CLUA_SMALL / 16 + 1]; /* free blocks, by their size in units of 16 bytes; each points to the next one */
  struct clua_slab *slabs;
  size_t left;  /* bytes of the newest slab that were never given out */
  void *newest; /* the block that was given out last, and its size */
  size_t newest_size;
  size_t stack_at, stack_end_at; /* where a lua_State keeps the ends of its stack; 0 if unknown */
  size_t calls_at;               /* where a lua_State counts the C calls that are running; 0 if unknown */
  size_t nodes_at, array_at;     /* where a table keeps the sizes of its two parts; 0 if unknown */
  clua_buffer log;               /* kinds, each followed by a text or a record */
  size_t noted;                  /* bytes of the log that are complete */
  int notes;
  clua_covered *covered; /* lines that ran, by source */
  size_t sources, recent;
  int refusal;       /* why the last request for memory was finally refused */
  char refused[256]; /* the place of that request */
  bool denied;       /* whether the last request for memory was refused once; the next four say why, and which request it was */
  int denied_why;
  const void *denied_block;
  size_t denied_had, denied_size;
  uint8_t *root; /* the first block, while the state is being made */
  bool seeded;
  char message[1024];
};

struct clua_task {
  clua_state *state;
  lua_State *co;
  int anchor;
  uintptr_t number;
  int64_t function, budget;
  int64_t unseen;             /* steps that were charged since the clock was last read */
  int64_t began, spent, most; /* its step's start in seconds and in processor nanoseconds; the nanoseconds that it can use */
  lua_State **chain;          /* the coroutines that it is inside of, outermost first, without `co` */
  int depth, room;
  clua_buffer reply;
  const uint8_t *answer;
  size_t answered;
  char *inner; /* frames of coroutines that an error has left */
  int flags;   /* sticky: CANCELLED, SPENT, FULL */
  int closing; /* inside coroutine.close, where nothing is allowed to wait */
  int arguments;
  int nesting;  /* number of tasks above it that wait for it */
  int refusals; /* number of refusals of memory or of the stack */
  int refusal;  /* why the first of them was refused, and where */
  char refused[256];
  bool filled_first; /* whether that came before the budget was spent */
  bool started, dead, failed, whole;
};

enum { CLUA_CANCELLED = 1, CLUA_SPENT = 2, CLUA_FULL = 4, CLUA_STICKY = 7, CLUA_COUNT = 8 /* bits below the number of refusals */ };
#define CLUA_CHURN (8u << 20)     /* bytes after which the next check of the budget comes early */
#define CLUA_LARGEST 1000000      /* elements that a table function handles */
#define CLUA_NODES 1000000        /* values of one question */
#define CLUA_PROJECT 5000000      /* values in everything that a project describes */
#define CLUA_STACK 32768          /* values on one stack: arguments and variables of all running calls; it doubles up to this size */
#define CLUA_RESULTS 10000        /* values that one call of our own functions returns */
#define CLUA_DEEPEST_TASK 40      /* tasks inside each other; the program that runs them already refuses more than 32 */
#define CLUA_QUESTION (16u << 20) /* bytes of all values in one question */
#define CLUA_SOURCE (1u << 20)    /* bytes of one source */
/* The task whose code is running, or NULL while the program itself is at work. */
#define TASK(L) (clua_of(L)->current)
/* The number of the task that made a coroutine. An address would not work, because a new task can have the address of an old one. */
#define OWNER(L) (*(uintptr_t *)lua_getextraspace(L))

/* registry keys */
extern char clua_key_functions, clua_key_titles, clua_key_origins, clua_key_nesting, clua_key_launch, clua_key_error;
#define CLUA_KEYS 4
extern char *const clua_keys[CLUA_KEYS]; /* of the tables by function number */
clua_state *clua_of(lua_State *L);
/* The events for which the hook of a task is called. */
#define CLUA_MASK(L) (clua_of(L)->limits.covers ? LUA_MASKCOUNT | LUA_MASKLINE : LUA_MASKCOUNT)

/* state.c */
/* Sets up a state whose memory is empty but for its place. Returns NULL if there is no memory; the state is then closed. */
clua_state *clua_begin(clua_state *s, const clua_limits *limits);

/* image.c */
/* The same as malloc, free and realloc for the state of a place. `had` are the bytes of the old block. */
void *clua_place_take(clua_place *p, size_t size);
void clua_place_give(clua_place *p, void *block);
void *clua_place_resize(clua_place *p, void *old, size_t had, size_t size);
/* Frees all blocks that the state has taken since it began. Nothing must use them any more. */
void clua_place_empty(clua_place *p);

/* memory.c */
/* Like realloc, for a block of `had` bytes. Returns NULL if there is no memory. In that case, the old block stays. */
void *clua_resize(clua_state *s, void *old, size_t had, size_t size);
void clua_release(clua_state *s, void *block, size_t size);
/* Frees the slabs. No part of them must be in use. */
void clua_release_slabs(clua_state *s);

/* allocate.c */
void *clua_allocate(void *state, void *old, size_t had, size_t size);
/* Ends the running task's step if its last request was refused and is not repeated. */
void clua_settle(clua_state *s);
/* Returns the message for a recipe whose request for memory was refused. */
const char *clua_refusal(int why);

/* layout.c */
/* Finds out where a state keeps values that Lua's interface does not provide. */
void clua_find_layout(lua_State *L);
/* Returns the number of places for members in a table, including empty places. This is the cost of iterating over the table. */
int64_t clua_slots(lua_State *L, int index);
/* Whether a block of that size is for the running stack, which grows to twice its length. `had` are the bytes of the block that grows, or 0
 * for a new block. */
bool clua_grows_stack(clua_state *s, size_t had, size_t size);
/* Returns the number of C calls that are running in a thread and below it, or -1 if that is unknown. */
int clua_calls(lua_State *L);
/* Makes a thread count as many C calls as another one, which is about to close it. Returns false if that is not possible. */
bool clua_share_calls(lua_State *co, lua_State *from);

/* seed.c */
/* The same as lua_newstate, but all states get the same seed for the hashes of strings. Returns NULL if there is no memory. */
lua_State *clua_new_state(clua_state *s);

/* wire.c */
void clua_put(clua_buffer *b, const void *bytes, size_t count);
void clua_put_text(clua_buffer *b, const char *text, size_t count);
/* The same for at most `most` bytes, followed by a mark that says how many bytes there were. */
void clua_put_cut(clua_buffer *b, const char *text, size_t count, size_t most);
/* Begins a record with this number of members. Names and values have to follow, in the order of the names. */
void clua_put_record(clua_buffer *b, size_t members);
/* Codes a value. Returns NULL, or why it cannot be coded. The value can contain up to `most` values, and each of them counts once for each
 * way to it. If `lenient` is true, anything that is not plain data is coded as nil. Raises only if there is no memory or the task's budget
 * is spent. */
const char *clua_encode(lua_State *L, int index, clua_buffer *b, bool lenient, int64_t most);
/* Pushes all coded values, and returns their number. Raises if there is no memory, if the task's budget is spent, or if they are malformed.
 */
int clua_decode(lua_State *L, const uint8_t *bytes, size_t count);

/* trace.c and place.c */
/* Returns frames of recipe code, innermost first, one a line. The text is allocated with malloc. Never raises. */
char *clua_trace(lua_State *L, clua_task *task);
char *clua_frames(lua_State *L);
bool clua_is_recipe(const lua_Debug *ar);
bool clua_where(lua_State *L, clua_task *task, const char *skip, char *file, size_t room, int *line);
/* Returns the frames that a function was registered with, innermost first, one a line, or NULL if there are none. The text is anchored in
 * the registry. */
const char *clua_origin(lua_State *L, clua_task *task);
/* Returns where the task's function is defined or, if it is not a recipe's function, where it was started. After a tail call, no other
 * place is left. */
bool clua_own_place(lua_State *L, clua_task *task, char *file, size_t room, int *line);
void clua_place_functions(lua_State *L);
/* Turns the table on top into an error object with a place and a traceback. */
void clua_locate(lua_State *L);
int clua_raise(lua_State *L, const char *kind, const char *message);
int clua_handler(lua_State *L);
void clua_trace_library(lua_State *L);

/* budget.c */
void clua_hook(lua_State *L, lua_Debug *ar);
/* Returns the number of instructions between two checks of the budget. */
int clua_slice(const clua_state *s);
/* Takes steps from the budget for work that is not counted as instructions. Raises if the budget is spent. */
void clua_charge(lua_State *L, int64_t steps);
/* The same without raising. Instead, the next charge raises. */
void clua_owe(lua_State *L, int64_t steps);
void clua_refill(clua_task *t, bool instructions);
/* Returns the sticky states of the running task, with the number of its refusals. */
int clua_flags(lua_State *L);
/* Whether a protected call must not end as usual, because a limit or a cancellation came after the call began. */
bool clua_passes(lua_State *L, int before);
/* Raises what passes: the error on top or, if the call did not fail, the limit or the cancellation. */
int clua_pass(lua_State *L, int status);
/* Whether an error is a refusal that depends on what else is in memory or on the stack. Another state with the same sources has other
 * things there, so a recipe that caught such an error could take another path in it. */
bool clua_is_full(lua_State *L, int status);
/* Raises such a refusal. It passes through all protected calls. */
int clua_full(lua_State *L);
extern const char clua_out_of_budget[], clua_was_cancelled[];

/* coverage.c */
/* Counts the line that begins. */
void clua_cover(lua_State *L, lua_Debug *ar);
void clua_forget_coverage(clua_state *s);

/* task.c */
int clua_ask(lua_State *L);
/* Whether a wait would go through to the outside from here. */
bool clua_can_wait(lua_State *L);
extern const char clua_cannot_wait[];
void clua_task_library(lua_State *L);

/* compiled.c */
/* Like luaL_loadbufferx for a text, but a long text that has been loaded before is not compiled again. */
int clua_load_text(lua_State *L, const char *text, size_t count, const char *name);

/* load.c */
/* Compiles text and pushes its function. If it returns false, nil and the reason are pushed instead. */
bool clua_compile(lua_State *L, const char *text, size_t count, const char *name);
/* Returns why a text must not be compiled, whatever it says, or NULL if it can be compiled. */
const char *clua_too_much(const char *text, size_t count);
void clua_load_library(lua_State *L);

/* guard.c */
/* Replaces the stock function on top with one that first charges for its arguments. Bit n of `unread` says that the function does not read
 * the text of argument n. */
void clua_guard(lua_State *L, uint64_t unread);
#define CLUA_UNREAD_ALL (~(uint64_t)0)

/* base.c, protect.c, keys.c, meta.c, coroutine.c, strings.c, tables.c, utf8.c: each adds its functions to the table on top */
void clua_primitives(lua_State *L); /* into the table on top */
void clua_base_library(lua_State *L);
void clua_protect_functions(lua_State *L);
void clua_key_functions_of_tables(lua_State *L);
void clua_meta_functions(lua_State *L);
/* Refuses fields that a metatable must not have. */
void clua_check_metatable(lua_State *L, int index);
void clua_coroutine_library(lua_State *L);
void clua_string_library(lua_State *L);
void clua_table_library(lua_State *L);
void clua_utf8_library(lua_State *L);
void clua_match_functions(lua_State *L);
/* Pushes the text of a value. It never shows an address. */
const char *clua_text(lua_State *L, int index, size_t *count);
#endif
