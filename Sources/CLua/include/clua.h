/* The interface to Lua 5.4, and the only header that Swift sees. No lua_State is passed through it, every function is protected, and
 * nothing calls back into Swift: a task runs until it asks, returns or raises. */
#ifndef CLUA_H
#define CLUA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct clua_state clua_state;
typedef struct clua_task clua_task;
typedef struct clua_place clua_place;

typedef struct {
  size_t memory;        /* bytes that the state can hold */
  size_t text;          /* bytes of one string */
  int64_t instructions; /* of one step of a task, until it waits; work inside C functions counts too */
  int64_t cleanup;      /* additional instructions for <close> variables, after those are spent */
  int64_t matching;     /* steps of one call of string.find, match, gmatch or gsub */
  int seconds;          /* of processor time for one step, because instructions do not count everything */
  bool covers;          /* whether to count how often each line of a recipe runs */
} clua_limits;

typedef enum { CLUA_ASKED, CLUA_RETURNED, CLUA_RAISED } clua_turn;

/* Returns why no state can be opened with this build of Lua, or NULL if states can be opened. */
const char *clua_unusable(void);
/* Opens a state. Returns NULL if there is no memory for it. */
clua_state *clua_open(const clua_limits *limits);
void clua_close(clua_state *state);
/* Makes a place for states that begin as copies of one that has read its prelude. A place has one state at a time. Returns NULL if there is
 * no memory. clua_place_free must not come before its state was closed. */
clua_place *clua_place_new(void);
void clua_place_free(clua_place *place);
/* Opens the first state of a place. Returns NULL if the place has had one, or if there is no memory. */
clua_state *clua_open_at(clua_place *place, const clua_limits *limits);
/* Keeps what the state is now, for the further states of its place. No task must exist. Returns false if there is no memory for that, or if
 * the state has notes in its log. */
bool clua_keep(clua_state *state);
/* Opens a further state of a place, as the kept one was. Returns NULL if none was kept. */
clua_state *clua_again(clua_place *place, const clua_limits *limits);
/* Sets the sequence that math.random returns from now on. */
void clua_seed(clua_state *state, uint64_t seed);
/* Runs source of ours with the table of primitives as its argument. If it returns false, see clua_message. */
bool clua_prelude(clua_state *state, const char *name, const char *text, size_t count);
/* Gives the prelude one coded value, under a name. */
bool clua_give(clua_state *state, const char *name, const uint8_t *bytes, size_t count);
/* Gives the prelude one of its own files as the function engine.files[path]. clua_dump must have compiled the file in this process, because
 * compiled code from anywhere else could do anything. If it returns false, see clua_message. */
bool clua_chunk(clua_state *state, const char *path, const uint8_t *code, size_t count);
/* Returns a whole number that the prelude left under a name, or 0 if there is none. */
int64_t clua_number(clua_state *state, const char *name);
/* Returns the levels and texts that were noted since the last call, coded alternately. The result is valid until the next step. */
const uint8_t *clua_log(clua_state *state, size_t *count);
const char *clua_message(const clua_state *state);

/* Makes a task that will call launch(function, arguments...). Returns NULL if there is no such function or no memory. If `whole` is true,
 * the task's result includes its members. Otherwise, the result is plain, and a table counts as true. */
clua_task *clua_start(clua_state *state, int64_t function, const uint8_t *arguments, size_t count, bool whole);
/* Runs the task until it asks, returns or raises. The answer consists of coded values. The first step takes no answer. If `refill` is true,
 * the count of instructions begins at 0 again. Otherwise, the step can use only what the last step left. */
clua_turn clua_step(clua_task *task, const uint8_t *answer, size_t count, bool refill);
/* Cancels the task: its next step raises an error, which no protected call that began before can catch. */
void clua_cancel(clua_task *task);
/* Returns what the task asked, returned or raised, in coded form. The result is valid until the task's next step. */
const uint8_t *clua_reply(const clua_task *task, size_t *count);
/* Removes the task. None of its code runs after that. */
void clua_end(clua_task *task);
/* Removes a registered function. */
void clua_forget(clua_state *state, int64_t function);

/* Returns the path, without `@`, of a source that ran, and how often each of its lines ran, by number, or NULL if there is no further
 * source. */
const char *clua_covered_source(const clua_state *state, size_t index, const uint32_t **hits, size_t *lines);

size_t clua_memory(const clua_state *state);
int64_t clua_functions(const clua_state *state);
void clua_collect(clua_state *state);

/* Compiles a source and dumps it for inspection. Returns NULL if it does not compile. */
uint8_t *clua_dump(const char *name, const char *text, size_t count, size_t *size);

/* Frees a block that clua_dump or clua_compare returned. */
void clua_free(void *block);

/* For comparison in tests: calls string.<function> with string and whole-number arguments in a plain state, from the stock library or from
 * ours, and returns the results as text. */
char *clua_compare(bool stock, const char *function, const uint8_t *arguments, size_t count);
#endif
