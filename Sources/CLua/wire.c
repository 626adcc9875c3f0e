/* Values as bytes, in pre-order. Tags: 0 nil, 1 false, 2 true, 3 whole number (8 bytes), 4 number (8), 5 text (4 bytes
 * of length), 6 list (4 bytes of count), 7 record (4 bytes of count, then texts and values in the order of the texts). */
#include "inside.h"
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
    if (!grown) { b->failed = true; return; }
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

static void put_text(clua_buffer *b, const char *text, size_t count) {
  put_sized(b, TEXT, count);
  clua_put(b, text, count);
}

typedef struct { const char *text; size_t count; } key;

static int by_bytes(const void *a, const void *b) {
  const key *x = a, *y = b;
  size_t least = x->count < y->count ? x->count : y->count;
  int order = memcmp(x->text, y->text, least);
  return order ? order : (x->count > y->count) - (x->count < y->count);
}

/* Whether the table is 1..n and nothing else; and how many members it has. */
static bool is_list(lua_State *L, int index, size_t *count, bool *named) {
  size_t total = 0, length = lua_rawlen(L, index);
  bool list = true;
  *named = true;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    total++;
    if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 || (lua_Unsigned)lua_tointeger(L, -2) > length) list = false;
    if (lua_type(L, -2) != LUA_TSTRING) *named = false;
  }
  *count = total;
  return list && total == length;
}

/* Runs inside a task: raises where there is no memory. */
static const char *encode_record(lua_State *L, int index, clua_buffer *b, size_t count, int depth, bool lenient) {
  key *keys = lua_newuserdatauv(L, count * sizeof *keys + 1, 0);
  size_t at = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    keys[at].text = lua_tolstring(L, -2, &keys[at].count);
    at++;
  }
  qsort(keys, count, sizeof *keys, by_bytes);
  put_sized(b, RECORD, count);
  const char *problem = NULL;
  for (at = 0; at < count && !problem; at++) {
    put_text(b, keys[at].text, keys[at].count);
    lua_pushlstring(L, keys[at].text, keys[at].count);
    lua_rawget(L, index);
    problem = clua_encode(L, lua_gettop(L), b, depth + 1, lenient);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return problem;
}

static const char *encode_table(lua_State *L, int index, clua_buffer *b, int depth, bool lenient) {
  size_t count;
  bool named;
  if (depth > DEEPEST || !lua_checkstack(L, 6)) {
    if (!lenient) return "it is nested too deeply";
    put_tag(b, NIL);
    return NULL;
  }
  if (is_list(L, index, &count, &named)) {
    put_sized(b, LIST, count);
    for (size_t i = 1; i <= count; i++) {
      lua_rawgeti(L, index, (lua_Integer)i);
      const char *problem = clua_encode(L, lua_gettop(L), b, depth + 1, lenient);
      lua_pop(L, 1);
      if (problem) return problem;
    }
    return NULL;
  }
  if (named) return encode_record(L, index, b, count, depth, lenient);
  if (!lenient) return "its keys are neither 1, 2, 3 … nor names";
  put_tag(b, NIL);
  return NULL;
}

const char *clua_encode(lua_State *L, int index, clua_buffer *b, int depth, bool lenient) {
  size_t count;
  const char *text;
  switch (lua_type(L, index)) {
    case LUA_TNIL: case LUA_TNONE: put_tag(b, NIL); break;
    case LUA_TBOOLEAN: put_tag(b, lua_toboolean(L, index) ? TRUE : FALSE); break;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) {
        int64_t whole = lua_tointeger(L, index);
        put_tag(b, WHOLE);
        clua_put(b, &whole, 8);
      } else {
        double number = lua_tonumber(L, index);
        put_tag(b, NUMBER);
        clua_put(b, &number, 8);
      }
      break;
    case LUA_TSTRING:
      text = lua_tolstring(L, index, &count);
      put_text(b, text, count);
      break;
    case LUA_TTABLE: return encode_table(L, index, b, depth, lenient);
    default:
      if (!lenient) return "it is not plain data";
      put_tag(b, NIL);
  }
  return b->failed && !lenient ? "it is too large" : NULL;
}

typedef struct { const uint8_t *at, *end; } reader;

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
  uint8_t tag;
  int64_t whole;
  double number;
  uint32_t count;
  if (depth > DEEPEST + 8 || !take(r, &tag, 1)) return false;
  luaL_checkstack(L, 4, "an answer is nested too deeply");
  switch (tag) {
    case NIL: lua_pushnil(L); return true;
    case FALSE: case TRUE: lua_pushboolean(L, tag == TRUE); return true;
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
