/* Lua 5.4 behind a door: the only header that Swift sees. No lua_State crosses it, every entry is protected,
 * and nothing in here calls back: a task runs until it asks, returns or raises. */
#ifndef CLUA_H
#define CLUA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct clua_state clua_state;
typedef struct clua_task clua_task;

typedef struct {
  size_t memory;        /* bytes that the state may hold */
  size_t text;          /* bytes of one text */
  int64_t instructions; /* of one step of a task, until it waits; work inside C functions counts, too */
  int64_t cleanup;      /* more instructions, for <close> variables after those are spent */
  int64_t matching;     /* steps of one call of string.find, match, gmatch or gsub */
  int seconds;          /* of processor time for one step: instructions do not count everything */
  bool covers;          /* counts how often each line of a recipe runs */
} clua_limits;

typedef enum { CLUA_ASKED, CLUA_RETURNED, CLUA_RAISED } clua_turn;

/* NULL: there is no memory for it. */
clua_state *clua_open(const clua_limits *limits);
void clua_close(clua_state *state);
/* Sets the sequence that math.random gives from now on. */
void clua_seed(clua_state *state, uint64_t seed);
/* Runs text of ours with the table of primitives as its argument; false: see clua_message. */
bool clua_prelude(clua_state *state, const char *name, const char *text, size_t count);
/* Gives the prelude one coded value, under a name. */
bool clua_give(clua_state *state, const char *name, const uint8_t *bytes, size_t count);
/* Gives the prelude a file of its own that clua_dump compiled in this process, as the function engine.files[path]. Code from anywhere else
 * could do anything. False: see clua_message. */
bool clua_chunk(clua_state *state, const char *path, const uint8_t *code, size_t count);
/* Returns a whole number that the prelude left under a name, or 0 if there is none. */
int64_t clua_number(clua_state *state, const char *name);
/* Returns the levels and texts that were noted since the last call, coded in turn; valid until the next step. */
const uint8_t *clua_log(clua_state *state, size_t *count);
const char *clua_message(const clua_state *state);

/* Makes a task that will call launch(function, arguments...), or NULL if there is no such function, or no memory. `whole`: its result is
 * wanted with its members. Otherwise only a plain result is wanted, and a table counts as true. */
clua_task *clua_start(clua_state *state, int64_t function, const uint8_t *arguments, size_t count, bool whole);
/* Runs the task until it asks, returns or raises. The answer is coded values; the first step takes none. `refill`: the count of its
 * instructions begins at 0 again. Otherwise the step has what the last one left. */
clua_turn clua_step(clua_task *task, const uint8_t *answer, size_t count, bool refill);
/* Cancels the task: its next step raises an error, which nothing that began before can catch. */
void clua_cancel(clua_task *task);
/* Returns what the task asked, returned or raised, coded; valid until its next step. */
const uint8_t *clua_reply(const clua_task *task, size_t *count);
/* Removes the task. Nothing of it runs any more. */
void clua_end(clua_task *task);
/* Removes a registered function. */
void clua_forget(clua_state *state, int64_t function);

/* Returns the path, without `@`, of a source that ran, and how often each of its lines ran, by number, or NULL if there is no further
 * source. */
const char *clua_covered_source(const clua_state *state, size_t index, const uint32_t **hits, size_t *lines);

size_t clua_memory(const clua_state *state);
int64_t clua_functions(const clua_state *state);
void clua_collect(clua_state *state);

/* Compiles and dumps text for inspection; NULL: it does not compile. */
uint8_t *clua_dump(const char *name, const char *text, size_t count, size_t *size);

/* Frees what clua_dump or clua_compare returned. */
void clua_free(void *block);

/* For comparison in tests: calls string.<function> with string and whole-number arguments, once ours, once the stock
 * library's, in plain states, and writes each result as text. */
char *clua_compare(bool stock, const char *function, const uint8_t *arguments, size_t count);
#endif
