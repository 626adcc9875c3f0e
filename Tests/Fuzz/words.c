/* The real prelude, fuzzed by words.lua: the input's bytes choose words, options and answers. The list of files is made by Tests/Fuzz/run. */
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *path, *text;
} files[] = {
#include "files.inc"
};
#define FILES (sizeof files / sizeof *files)

/* More than those of the other kinds: the prelude itself takes a megabyte. */
static const clua_limits limits = {
  .memory = 16 << 20, .text = 256 << 10, .instructions = 400000, .cleanup = 20000, .matching = 50000, .seconds = 2};

/* The fields that answers have, whichever word asked. */
static const char *const fields[] = {"at",         "by",        "comment", "failed", "failure",    "ready",
                                     "refused",    "results",   "status",  "stderr", "stderr_cut", "stdout",
                                     "stdout_cut", "succeeded", "took",    "value",  "verdict",    "weights"};
#define FIELDS (sizeof fields / sizeof *fields)

static size_t put_sized(uint8_t *into, uint8_t tag, uint32_t size) {
  into[0] = tag;
  memcpy(into + 1, &size, 4);
  return 5;
}

static size_t put_text(uint8_t *into, const char *text, size_t count) {
  put_sized(into, 5, (uint32_t)count);
  memcpy(into + 5, text, count);
  return count + 5;
}

static size_t put_word(uint8_t *into, const char *text) { return put_text(into, text, strlen(text)); }

/* Some value of 40 bytes at most. */
static size_t put_value(uint8_t *into, input *in) {
  static const char *const texts[] = {"", "ok", "{\"a\":1}", "ActiveState=active", "pass", "fail", "200 OK\r\n", "\xff%s"};
  int64_t number = byte_of(in);
  size_t count;
  switch (byte_of(in) % 6) {
    case 0: into[0] = (uint8_t)(number % 3); return 1;
    case 1:
      into[0] = 3;
      memcpy(into + 1, &number, 8);
      return 9;
    case 2: return put_word(into, texts[number % 8]);
    case 3:
      count = put_sized(into, 6, 1);
      number %= 3;
      into[count] = 3;
      memcpy(into + count + 1, &number, 8);
      return count + 9;
    case 4:
      count = put_sized(into, 7, 1);
      count += put_word(into + count, "kind");
      return count + put_word(into + count, number % 2 ? "command" : "timeout");
    default: return put_sized(into, 7, 0);
  }
}

/* An answer: bytes as they come, or a record with some of the fields, in their order. */
static size_t put_answer(uint8_t *into, input *in) {
  uint8_t what = byte_of(in);
  if (what % 8 == 7) {
    size_t count = byte_of(in), left = (size_t)(in->end - in->at);
    if (count > left) count = left;
    memcpy(into, in->at, count);
    in->at += count;
    return count;
  }
  uint32_t chosen = 0, number = 0;
  for (int i = 0; i < 3; i++) chosen |= (uint32_t)byte_of(in) << (8 * i);
  if (what % 8 == 0) chosen = 0;
  for (size_t i = 0; i < FIELDS; i++) number += chosen >> i & 1;
  size_t count = put_sized(into, 7, number);
  for (size_t i = 0; i < FIELDS; i++) {
    if (!(chosen >> i & 1)) continue;
    count += put_word(into + count, fields[i]);
    count += put_value(into + count, in);
  }
  return count;
}

/* The first state reads the prelude. All others begin as its copies, as those of tests do. */
static clua_state *open_words(void) {
  static uint8_t *codes[FILES];
  static size_t sizes[FILES];
  static clua_place *place;
  if (!place) place = clua_place_new();
  if (!place) abort();
  clua_state *copy = clua_again(place, &limits);
  if (copy) return copy;
  clua_state *state = clua_open_at(place, &limits);
  if (!state) abort();
  clua_seed(state, 1);
  uint8_t engine[64];
  size_t count = put_sized(engine, 7, 1);
  count += put_word(engine + count, "files");
  count += put_sized(engine + count, 7, 0);
  clua_give(state, "engine", engine, count);
  bool good = true;
  for (size_t i = 0; good && i + 1 < FILES; i++) {
    if (!codes[i]) codes[i] = clua_dump(files[i].path, files[i].text, strlen(files[i].text), &sizes[i]);
    good = codes[i] && clua_chunk(state, files[i].path, codes[i], sizes[i]);
  }
  /* The last one is main.lua, which reads the others. */
  if (!good || !clua_prelude(state, "=[lander] main", files[FILES - 1].text, strlen(files[FILES - 1].text))) {
    fprintf(stderr, "%s\n", clua_message(state));
    abort();
  }
  if (!clua_keep(state)) abort();
  return state;
}

/* Starts a function of words.lua with a request, and answers what it asks until it ends; false: it raised. `tells`: what. */
static bool drive(clua_state *state, const char *function, const uint8_t *request, size_t size, input *answers, bool tells) {
  uint8_t *start = malloc(size + 64), answer[2048];
  if (!start) abort();
  size_t count = put_sized(start, 7, 2);
  count += put_word(start + count, "request");
  memcpy(start + count, request, size);
  count += size;
  count += put_word(start + count, "subject");
  count += put_word(start + count, "call");
  clua_task *task = clua_start(state, clua_number(state, function), start, count, true);
  free(start);
  if (!task) return true;
  clua_turn turn = clua_step(task, NULL, 0, true);
  for (int step = 0; turn == CLUA_ASKED && step < 200; step++) {
    if (step == 150) clua_cancel(task);
    turn = clua_step(task, answer, put_answer(answer, answers), true);
  }
  size_t left;
  const uint8_t *reply = clua_reply(task, &left);
  if (turn == CLUA_RAISED && tells) fwrite(reply, 1, left, stderr);
  clua_log(state, &left);
  clua_end(task);
  return turn != CLUA_RAISED;
}

void fuzz_words(input in) {
  /* The first half says what is called, the second one what is answered. */
  size_t half = (size_t)(in.end - in.at) / 2;
  uint8_t *request = malloc(half + 5);
  if (!request) abort();
  size_t size = put_text(request, (const char *)in.at, half);
  in.at += half;
  clua_state *state = open_words();
  drive(state, "words_number", request, size, &in, false);
  free(request);
  if (clua_memory(state) > limits.memory) abort();
  clua_collect(state);
  clua_close(state);
}

/* Before anything is fuzzed: every word and each of its options is called once. A word that words.lua cannot call ends the run. */
int LLVMFuzzerInitialize(int *count, char ***arguments) {
  (void)count, (void)arguments;
  for (int64_t number = 1;; number++) {
    uint8_t request[9] = {3}, none = 0;
    memcpy(request + 1, &number, 8);
    input answers = {&none, &none};
    clua_state *state = open_words();
    bool is_last = number > clua_number(state, "count_number");
    if (!is_last && !drive(state, "reach_number", request, sizeof request, &answers, true)) {
      fprintf(stderr, "\nword %d cannot be reached\n", (int)number);
      abort();
    }
    clua_close(state);
    if (!is_last) continue;
    fprintf(stderr, "%d words, each with every option\n", (int)number - 1);
    return 0;
  }
}
