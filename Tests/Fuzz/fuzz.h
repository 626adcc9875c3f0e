/* What the kinds of inputs share. */
#include "clua.h"

typedef struct {
  const uint8_t *at, *end;
} input;

/* The next byte; 0 behind the last one. */
static inline uint8_t byte_of(input *in) { return in->at < in->end ? *in->at++ : 0; }

/* Calls words of the recipe language as the bytes say. */
void fuzz_words(input in);
