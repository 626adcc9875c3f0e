/* Values as bytes, in pre-order. Tags: 0 nil, 1 false, 2 true, 3 whole number (8 bytes), 4 number (8), 5 text (4 bytes of length), 6 list
 * (4 bytes of count), 7 record (4 bytes of count, then names and values in the order of the names). */
#include "inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NIL, FALSE, TRUE, WHOLE, NUMBER, TEXT, LIST, RECORD };
#define DEEPEST 24
#define LARGEST (64u << 20)

void clua_put(clua_buffer *b, const void *bytes, size_t count) {
  if (b->failed) return;
  if (b->count + count > b->room) {
    size_t room = b->room ? b->room * 2 : 256;
    while (room < b->count + count) room *= 2;
    uint8_t *grown = room <= LARGEST ? realloc(b->bytes, room) : NULL;
    if (!grown) {
      b->failed = true;
      return;
    }
    b->bytes = grown;
    b->room = room;
  }
  if (count) memcpy(b->bytes + b->count, bytes, count);
  b->count += count;
}

static void put_tag(clua_buffer *b, uint8_t tag) { clua_put(b, &tag, 1); }

static void put_sized(clua_buffer *b, uint8_t tag, size_t size) {
  uint32_t size32 = (uint32_t)size;
  put_tag(b, tag);
  clua_put(b, &size32, 4);
}

void clua_put_text(clua_buffer *b, const char *text, size_t count) {
  put_sized(b, TEXT, count);
  clua_put(b, text, count);
}

void clua_put_cut(clua_buffer *b, const char *text, size_t count, size_t most) {
  char mark[64];
  if (count <= most) return clua_put_text(b, text, count);
  while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80) most--; /* no character is cut in two */
  int marked = snprintf(mark, sizeof mark, " … (%zu bytes in all)", count);
  put_sized(b, TEXT, most + (size_t)marked);
  clua_put(b, text, most);
  clua_put(b, mark, (size_t)marked);
}

void clua_put_record(clua_buffer *b, size_t members) { put_sized(b, RECORD, members); }

/* A walk over a value. It ends at the first thing that exceeds a limit, even in the lenient mode, in which anything that cannot be coded
 * becomes nil. A table that is inside itself, or in several places, counts once for each way to it. */
typedef struct {
  lua_State *L;
  clua_buffer *b;
  bool lenient;
  int64_t nodes, most; /* values and places of tables so far, and the largest number of them */
} walk;

static const char *encode(walk *w, int index, int depth);

typedef struct {
  const char *text;
  size_t count;
} key;

static int by_bytes(const void *a, const void *b) {
  const key *x = a, *y = b;
  size_t least = x->count < y->count ? x->count : y->count;
  int order = memcmp(x->text, y->text, least);
  return order ? order : (x->count > y->count) - (x->count < y->count);
}

/* Whether the table's keys are 1..n and nothing else. Also returns the number of its members. */
static bool is_list(lua_State *L, int index, size_t *count, bool *named) {
  size_t total = 0, length = lua_rawlen(L, index);
  bool list = true;
  *named = true;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    total++;
    clua_charge(L, 1);
    if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 || (lua_Unsigned)lua_tointeger(L, -2) > length) list = false;
    if (lua_type(L, -2) != LUA_TSTRING) *named = false;
  }
  *count = total;
  return list && total == length;
}

/* This runs inside a task, so it raises if there is no memory, or if it takes too long. */
static const char *encode_record(walk *w, int index, size_t room, int depth) {
  lua_State *L = w->L;
  key *keys = lua_newuserdatauv(L, room * sizeof *keys + 1, 0);
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (count == room || lua_type(L, -2) != LUA_TSTRING) continue;
    keys[count].text = lua_tolstring(L, -2, &keys[count].count);
    count++;
  }
  qsort(keys, count, sizeof *keys, by_bytes);
  clua_put_record(w->b, count);
  const char *problem = NULL;
  for (size_t at = 0; at < count && !problem; at++) {
    clua_put_text(w->b, keys[at].text, keys[at].count);
    lua_pushlstring(L, keys[at].text, keys[at].count);
    lua_rawget(L, index);
    clua_charge(L, 1);
    problem = encode(w, lua_gettop(L), depth + 1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return problem;
}

static const char *encode_table(walk *w, int index, int depth) {
  lua_State *L = w->L;
  size_t count;
  bool named;
  if (depth > DEEPEST) return w->lenient ? (put_tag(w->b, NIL), NULL) : "it is nested too deeply";
  if (!lua_checkstack(L, 8)) return "it is nested too deeply";
  w->nodes += clua_slots(L, index) / 8;
  if (is_list(L, index, &count, &named)) {
    put_sized(w->b, LIST, count);
    for (size_t i = 1; i <= count; i++) {
      lua_rawgeti(L, index, (lua_Integer)i);
      const char *problem = encode(w, lua_gettop(L), depth + 1);
      lua_pop(L, 1);
      if (problem) return problem;
    }
    return NULL;
  }
  if (named) return encode_record(w, index, count, depth);
  return w->lenient ? (put_tag(w->b, NIL), NULL) : "its keys are neither 1, 2, 3 … nor names";
}

static void encode_number(walk *w, int index) {
  if (lua_isinteger(w->L, index)) {
    int64_t whole = lua_tointeger(w->L, index);
    put_tag(w->b, WHOLE);
    clua_put(w->b, &whole, 8);
  } else {
    double number = lua_tonumber(w->L, index);
    put_tag(w->b, NUMBER);
    clua_put(w->b, &number, 8);
  }
}

static const char *encode(walk *w, int index, int depth) {
  size_t count;
  const char *text, *problem = NULL;
  if (++w->nodes > w->most) return "it has too many values, or is inside itself";
  switch (lua_type(w->L, index)) {
    case LUA_TNIL:
    case LUA_TNONE: put_tag(w->b, NIL); break;
    case LUA_TBOOLEAN: put_tag(w->b, lua_toboolean(w->L, index) ? TRUE : FALSE); break;
    case LUA_TNUMBER: encode_number(w, index); break;
    case LUA_TSTRING:
      text = lua_tolstring(w->L, index, &count);
      clua_put_text(w->b, text, count);
      break;
    case LUA_TTABLE: problem = encode_table(w, index, depth); break;
    default:
      if (!w->lenient) return "it is not plain data";
      put_tag(w->b, NIL);
  }
  return w->b->failed ? "it is too large" : problem;
}

const char *clua_encode(lua_State *L, int index, clua_buffer *b, bool lenient, int64_t most) {
  walk w = {L, b, lenient, 0, most};
  size_t before = b->count;
  const char *problem = encode(&w, index, 0);
  clua_owe(L, w.nodes * 2 + (int64_t)((b->count - before) / 16));
  return problem;
}

typedef struct {
  const uint8_t *at, *end;
} reader;

static bool take(reader *r, void *into, size_t count) {
  if ((size_t)(r->end - r->at) < count) return false;
  memcpy(into, r->at, count);
  r->at += count;
  return true;
}

static bool take_text(lua_State *L, reader *r) {
  uint32_t count;
  if (!take(r, &count, 4) || (size_t)(r->end - r->at) < count) return false;
  lua_pushlstring(L, (const char *)r->at, count);
  r->at += count;
  return true;
}

static bool decode(lua_State *L, reader *r, int depth) {
  uint8_t tag = 0;
  int64_t whole;
  double number;
  uint32_t count;
  if (depth > DEEPEST + 8 || !take(r, &tag, 1)) return false;
  luaL_checkstack(L, 4, "an answer is nested too deeply");
  clua_charge(L, 1); /* names with the same hash make each of them slow */
  switch (tag) {
    case NIL: lua_pushnil(L); return true;
    case FALSE:
    case TRUE: lua_pushboolean(L, tag == TRUE); return true;
    case WHOLE:
      if (!take(r, &whole, 8)) return false;
      lua_pushinteger(L, whole);
      return true;
    case NUMBER:
      if (!take(r, &number, 8)) return false;
      lua_pushnumber(L, number);
      return true;
    case TEXT: return take_text(L, r);
    case LIST:
      if (!take(r, &count, 4) || count > (size_t)(r->end - r->at)) return false;
      lua_createtable(L, (int)count, 0);
      for (uint32_t i = 1; i <= count; i++) {
        if (!decode(L, r, depth + 1)) return false;
        lua_rawseti(L, -2, i);
      }
      return true;
    case RECORD:
      if (!take(r, &count, 4) || count > (size_t)(r->end - r->at)) return false;
      lua_createtable(L, 0, (int)count);
      for (uint32_t i = 0; i < count; i++) {
        if (!take(r, &tag, 1) || tag != TEXT || !take_text(L, r) || !decode(L, r, depth + 1)) return false;
        lua_rawset(L, -3);
      }
      return true;
    default: return false;
  }
}

int clua_decode(lua_State *L, const uint8_t *bytes, size_t count) {
  reader r = {bytes, bytes + count};
  int values = 0;
  while (r.at < r.end) {
    if (!decode(L, &r, 0)) return luaL_error(L, "an answer is not well formed");
    values++;
  }
  return values;
}
