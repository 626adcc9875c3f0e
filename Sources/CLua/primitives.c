/* The functions that the prelude gets in addition to the libraries. They access the state. */
#include "inside.h"

#define LONGEST_LINE 4096   /* bytes of a line that a recipe logs */
#define MOST_LINES 1000     /* logged in one step */
#define LONGEST_ORIGIN 8192 /* bytes of the frames that show where a function was made */
#define NOTED 100           /* values of one noted record */

/* register(function, title, origin) -> number */
static int l_register(lua_State *L) {
  clua_state *s = clua_of(L);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_argexpected(L, lua_isnoneornil(L, 2) || lua_type(L, 2) == LUA_TSTRING, 2, "text");
  luaL_argexpected(L, lua_isnoneornil(L, 3) || lua_type(L, 3) == LUA_TSTRING, 3, "text");
  lua_settop(L, 3);
  clua_charge(L, 10);
  clua_task *t = TASK(L);
  if (t && t->nesting >= CLUA_DEEPEST_TASK) return clua_raise(L, "usage", "each, all and within are nested too deeply");
  if (t && !clua_can_wait(L)) return clua_raise(L, "usage", clua_cannot_wait); /* it would be registered and never started */
  if (lua_type(L, 3) == LUA_TSTRING && lua_rawlen(L, 3) > LONGEST_ORIGIN) {
    lua_pushlstring(L, lua_tostring(L, 3), LONGEST_ORIGIN);
    lua_replace(L, 3);
  }
  lua_pushinteger(L, t ? t->nesting + 1 : 0);
  for (int i = 0; i < CLUA_KEYS; i++) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, clua_keys[i]);
    lua_pushvalue(L, i + 1);
    lua_rawseti(L, -2, s->next);
    lua_pop(L, 1);
  }
  s->functions++;
  lua_pushinteger(L, s->next++);
  return 1;
}

/* proxy(metatable, number, payload) -> a userdata of ours; recipes cannot make one */
static int l_proxy(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer number = luaL_checkinteger(L, 2);
  clua_check_metatable(L, 1);
  lua_settop(L, 3);
  lua_Integer *block = lua_newuserdatauv(L, sizeof *block, 1);
  *block = number;
  lua_pushvalue(L, 3);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, 1);
  lua_setmetatable(L, -2);
  return 1;
}

/* payload(value) -> payload, metatable, number; nothing for a value that is not a proxy */
static int l_payload(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) != sizeof(lua_Integer)) return 0;
  lua_getiuservalue(L, 1, 1);
  if (!lua_getmetatable(L, 1)) return 0;
  lua_pushinteger(L, *(lua_Integer *)lua_touserdata(L, 1));
  return 3;
}

static const char left_out[] = "more than 1,000 lines were logged without a wait between them; the rest is left out";

/* note(kind, text) or note(kind, record): a line of the log, or what a rehearsal found. */
static int l_note(lua_State *L) {
  clua_state *s = clua_of(L);
  size_t count;
  const char *kind = luaL_checklstring(L, 1, &count), *text, *problem = NULL;
  if (lua_type(L, 2) != LUA_TTABLE) luaL_checkstring(L, 2);
  clua_charge(L, 20);
  if (s->notes > MOST_LINES) return 0;
  s->log.count = s->noted; /* the rest of a note that could not be coded would shift all notes after it */
  if (s->notes++ == MOST_LINES) {
    clua_put_text(&s->log, "warn", 4);
    clua_put_text(&s->log, left_out, sizeof left_out - 1);
    s->noted = s->log.count;
    return 0;
  }
  clua_put_cut(&s->log, kind, count, LONGEST_LINE);
  text = lua_tolstring(L, 2, &count);
  if (text) clua_put_cut(&s->log, text, count, LONGEST_LINE);
  else problem = clua_encode(L, 2, &s->log, false, NOTED);
  if (problem) return luaL_error(L, "a note cannot be coded: %s", problem);
  s->noted = s->log.count;
  return 0;
}

static int framed_k(lua_State *L, int status, lua_KContext ignored) {
  (void)status;
  (void)ignored;
  return lua_gettop(L);
}

static int call_framed(lua_State *L) {
  int arguments = lua_gettop(L);
  clua_charge(L, 1 + arguments / 8);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_callk(L, arguments, LUA_MULTRET, 0, framed_k);
  return framed_k(L, LUA_OK, 0);
}

/* framed(function) -> a function that does the same, but `return f()` keeps the caller's frame, whose line is to blame */
static int l_framed(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_pushcclosure(L, call_framed, 1);
  return 1;
}

static int l_launcher(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &clua_key_launch);
  return 0;
}

void clua_primitives(lua_State *L) {
  static const luaL_Reg own[] = {
    {"register", l_register}, {"proxy", l_proxy}, {"payload", l_payload}, {"note", l_note}, {"framed", l_framed},
    {"launcher", l_launcher}, {NULL, NULL}};
  luaL_setfuncs(L, own, 0);
}
