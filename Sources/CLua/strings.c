/* The string library: our matcher, a bounded rep, a format that shows no addresses, and a metatable that nobody can change. */
#include "inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Charges for an argument that should be a number, because a string of digits is also read as a number. */
static void charge_number(lua_State *L, int index) {
  if (lua_type(L, index) == LUA_TSTRING) clua_charge(L, (int64_t)(lua_rawlen(L, index) / 4));
}

/* upvalue 1: the stock function */
static int l_rep(lua_State *L) {
  size_t count, between;
  luaL_checklstring(L, 1, &count);
  charge_number(L, 2);
  lua_Integer times = luaL_checkinteger(L, 2);
  luaL_optlstring(L, 3, "", &between);
  clua_charge(L, 1);
  if (times <= 0 || count + between == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  size_t most = clua_of(L)->limits.text;
  if ((lua_Unsigned)times > most || count + between > most / (size_t)times) return luaL_error(L, "resulting string too large");
  clua_charge(L, times / 4);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

/* Returns the cost of converting a number with a fraction. All of its digits are computed: those before the point, and the requested ones
 * after it. flags points to the characters between % and the letter. */
static int64_t digits_of(lua_State *L, int index, const char *flags, const char *end) {
  int exponent = 0;
  frexp(lua_tonumber(L, index), &exponent);
  int64_t asked = 0;
  for (const char *point = memchr(flags, '.', (size_t)(end - flags)); point && ++point < end && asked < 100;)
    asked = asked * 10 + *point - '0';
  return 16 + 4 * (asked < 100 ? asked : 100) + (exponent < 0 ? -exponent : exponent);
}

/* upvalue 1: the stock function. Values for %s are converted to text here, so that no address shows. */
static int l_format(lua_State *L) {
  size_t count;
  const char *format = luaL_checklstring(L, 1, &count), *end = format + count;
  int argument = 1, top = lua_gettop(L);
  clua_charge(L, 1 + (int64_t)(count / 8) + top / 4);
  while (format < end) {
    if (*format++ != '%') continue;
    if (format < end && *format == '%') {
      format++;
      continue;
    }
    const char *flags = format;
    format += strspn(format, "-+ #0123456789."); /* stops at the latest at the end, where there is a zero */
    argument++;
    if (*format && strchr("eEfFgG", *format) && argument <= top && lua_isnumber(L, argument))
      clua_charge(L, digits_of(L, argument, flags, format));
    if (*format == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
    if (*format == 's' && argument <= top) {
      clua_text(L, argument, NULL);
      lua_replace(L, argument);
      lua_settop(L, top);
    }
    if (argument <= top && lua_type(L, argument) == LUA_TSTRING) clua_charge(L, (int64_t)(lua_rawlen(L, argument) / 4));
    if (format < end) format++;
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, top, 1);
  return 1;
}

/* upvalue 1: the stock function. It returns one result for each byte. */
static int l_byte(lua_State *L) {
  size_t count;
  luaL_checklstring(L, 1, &count);
  charge_number(L, 2);
  charge_number(L, 3);
  lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, from), length = (lua_Integer)count;
  if (from < 0) from = from < -length ? 1 : length + from + 1;
  if (to < 0) to = to < -length ? 0 : length + to + 1;
  if (to > length) to = length;
  if (from < 1) from = 1;
  if (to - from >= CLUA_RESULTS) return luaL_error(L, "string slice too long: 10,000 bytes at most");
  clua_charge(L, 1 + (to > from ? (to - from) / 4 : 0));
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static void wrap(lua_State *L, const char *name, lua_CFunction function) {
  lua_getfield(L, -2, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

static void build(lua_State *L) {
  static const struct {
    const char *name;
    uint64_t unread;
  } kept[] = {{"char", 0}, {"len", 1 << 1}, {"lower", 0}, {"reverse", 0}, {"sub", 1 << 1}, {"upper", 0}, {NULL, 0}};
  luaL_requiref(L, "string", luaopen_string, 0);
  lua_newtable(L);
  for (int i = 0; kept[i].name; i++) {
    lua_getfield(L, -2, kept[i].name);
    clua_guard(L, kept[i].unread);
    lua_setfield(L, -2, kept[i].name);
  }
  wrap(L, "byte", l_byte);
  wrap(L, "rep", l_rep);
  wrap(L, "format", l_format);
  clua_match_functions(L);
  lua_remove(L, -2);
}

/* Arithmetic reads strings as numbers, so its functions first charge for their length. */
static void guard_arithmetic(lua_State *L) {
  static const char *const events[] = {"__add", "__sub", "__mul", "__mod", "__pow", "__div", "__idiv", "__unm", NULL};
  for (int i = 0; events[i]; i++) {
    lua_getfield(L, -1, events[i]);
    if (lua_iscfunction(L, -1)) {
      clua_guard(L, 0);
      lua_setfield(L, -2, events[i]);
    } else {
      lua_pop(L, 1);
    }
  }
}

void clua_string_library(lua_State *L) {
  build(L);
  lua_setfield(L, -2, "string");
  /* s:method() looks into a separate copy, so that string.rep = nil in one file has no effect on others */
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  build(L);
  lua_setfield(L, -2, "__index");
  guard_arithmetic(L);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

/* ---- comparison ---------------------------------------------------------------------------------------------- */

static void add(clua_buffer *b, lua_State *L, int index) {
  size_t count;
  const char *text = luaL_tolstring(L, index, &count);
  clua_put(b, luaL_typename(L, index), 2);
  clua_put(b, ":", 1);
  clua_put(b, text, count);
  clua_put(b, "\n", 1);
  lua_pop(L, 1);
}

typedef struct {
  bool stock;
  const char *function;
  const uint8_t *arguments;
  size_t count;
  clua_buffer result;
} comparison;

static int compare(lua_State *L) {
  comparison *c = lua_touserdata(L, 1);
  lua_settop(L, 0);
  if (c->stock) luaL_requiref(L, "string", luaopen_string, 0);
  else build(L);
  lua_getfield(L, -1, c->function);
  lua_remove(L, -2);
  lua_call(L, clua_decode(L, c->arguments, c->count), LUA_MULTRET);
  if (strcmp(c->function, "gmatch") != 0) {
    for (int i = 1; i <= lua_gettop(L); i++) add(&c->result, L, i);
    return 0;
  }
  for (int round = 0; round < 100; round++) {
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    lua_call(L, 0, LUA_MULTRET);
    if (lua_isnoneornil(L, 2)) return 0;
    for (int i = 2; i <= lua_gettop(L); i++) add(&c->result, L, i);
  }
  return 0;
}

char *clua_compare(bool stock, const char *function, const uint8_t *arguments, size_t count) {
  clua_limits limits = {.memory = 64u << 20, .text = 8u << 20, .instructions = INT64_MAX, .matching = 50000000, .seconds = 60};
  comparison c = {.stock = stock, .function = function, .arguments = arguments, .count = count};
  clua_state *s = clua_open(&limits);
  if (!s) return NULL;
  lua_pushcfunction(s->L, compare);
  lua_pushlightuserdata(s->L, &c);
  if (lua_pcall(s->L, 1, 0, 0) != LUA_OK) {
    const char *message = lua_type(s->L, -1) == LUA_TSTRING ? lua_tostring(s->L, -1) : "?";
    c.result.count = 0;
    clua_put(&c.result, "error: ", 7);
    clua_put(&c.result, message, strlen(message));
  }
  clua_close(s);
  clua_put(&c.result, "", 1);
  if (c.result.failed) {
    free(c.result.bytes);
    return NULL;
  }
  return (char *)c.result.bytes;
}
