/* Fuzzing of the boundary between the program and Lua: built by Tests/Fuzz/run. The first byte says what the others are:
 * a text of Lua, calls of every function that there is with every value that there is, coded values, a pattern, or calls of the recipe
 * language's words (words.c). */
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prelude[] =
#include "prelude.inc"
  ;

/* Small, so that one input ends within a second under the sanitizers: what takes longer has found a hole in the budget. */
static const clua_limits limits = {
  .memory = 4 << 20, .text = 256 << 10, .instructions = 200000, .cleanup = 20000, .matching = 50000, .seconds = 2};

/* The answer to a question: the next bytes as they come, well formed or not. */
static clua_turn answer(clua_task *task, input *in) {
  size_t count = byte_of(in), left = (size_t)(in->end - in->at);
  if (count > left) count = left;
  clua_turn turn = clua_step(task, in->at, count, count & 1);
  in->at += count;
  return turn;
}

static void drive(clua_state *state, int64_t function, const uint8_t *arguments, size_t count, input *answers) {
  size_t size;
  clua_task *task = clua_start(state, function, arguments, count, true);
  if (!task) return;
  clua_turn turn = clua_step(task, NULL, 0, true);
  for (int step = 0; turn == CLUA_ASKED && step < 20; step++) {
    clua_reply(task, &size);
    if (step == 10) clua_cancel(task);
    turn = answer(task, answers);
  }
  clua_reply(task, &size);
  clua_log(state, &size);
  clua_end(task);
}

static size_t put_text(uint8_t *into, const uint8_t *text, size_t count) {
  uint32_t length = (uint32_t)count;
  into[0] = 5;
  memcpy(into + 1, &length, 4);
  memcpy(into + 5, text, count);
  return count + 5;
}

static void run_text(clua_state *state, const char *what, input in) {
  size_t count = (size_t)(in.end - in.at);
  uint8_t *coded = malloc(count + 5);
  if (!coded) abort();
  drive(state, clua_number(state, what), coded, put_text(coded, in.at, count), &in);
  free(coded);
}

static void run_values(clua_state *state, input in) {
  clua_give(state, "given", in.at, (size_t)(in.end - in.at));
  drive(state, clua_number(state, "values_number"), in.at, (size_t)(in.end - in.at), &in);
}

static void run_pattern(input in) {
  static const char *const functions[] = {"find", "match", "gmatch", "gsub", "format", "rep"};
  uint8_t coded[1024];
  size_t count = 0;
  const char *function = functions[byte_of(&in) % 6];
  for (int i = 0; i < 3 && in.at < in.end; i++) {
    const uint8_t *end = memchr(in.at, 0xff, (size_t)(in.end - in.at));
    size_t length = (size_t)((end ? end : in.end) - in.at);
    if (length > 300) length = 300;
    count += put_text(coded + count, in.at, length);
    in.at = end ? end + 1 : in.end;
  }
  clua_free(clua_compare(false, function, coded, count));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  input in = {bytes, bytes + count};
  uint8_t kind = byte_of(&in), what = kind & 3;
  if ((kind & 7) == 7) {
    fuzz_words(in);
    return 0;
  }
  if (what == 3) {
    run_pattern(in);
    return 0;
  }
  clua_state *state = clua_open(&limits);
  if (!state) abort();
  clua_seed(state, 1);
  if (!clua_prelude(state, "=[lander] fuzz", prelude, sizeof prelude - 1)) {
    fprintf(stderr, "%s\n", clua_message(state));
    abort();
  }
  if (what == 0) run_text(state, "source_number", in);
  if (what == 1) run_text(state, "calls_number", in);
  if (what == 2) run_values(state, in);
  if (clua_memory(state) > limits.memory) abort();
  clua_collect(state);
  clua_close(state);
  return 0;
}
