-- What the fuzzed state adds to the real prelude: calls of every word, method and option that the vocabulary has, drawn from the input's
-- bytes. A new word needs no line here.

local import = ...
local boundary, language = import "runtime/boundary", import "runtime/language"
local phase, types = import "runtime/phase", import "types/types"
local begin, read = import "run/begin", import "reading/project"
local deployment, fleet, rollout = import "run/deployment", import "run/fleet", import "run/rollout"
local response, state = import "run/response", import "run/service_state"
import "types/amount"
import "types/record"

-- Words that are fields of another one's table, or stand in files of their own.
local inner = { ["recipe.appspec"] = true, ["recipe.freeze"] = true, ["recipe.traffic"] = true, ["recipe.alarm"] = true,
  ["configuration.budget"] = true, ["configuration.each"] = true, ["host:run.rehearse"] = true, plugin = true,
  ["plugin.dependency"] = true }
local of_files = { allow = import("words/allow").allow, require = import "reading/require" ("deploy.lua") }
local words = {}
for _, name in ipairs(language.order) do if not inner[name] then words[#words + 1] = language.words[name] end end

local function host(name, tags)
  return { name = name, address = name, transport = "ssh", tags = tags, vars = { port = 80 }, previous = "r1",
    facts = { shell = "dash", user = "deploy", home = "/home/deploy", kernel = "Linux", architecture = "x86_64",
      tools = { "systemctl", "curl" }, processors = 2, free_bytes = 1 } }
end

local function facts(rehearsal)
  local hosts = { host("a", { zone = "1" }), host("b", { zone = "2" }), host("lb", {}) }
  hosts[3].partner = { "lb" }
  return { rehearsal = rehearsal, hosts = hosts, targets = { 0, 1 }, changing = { 0, 1 }, params = { size = 2 }, param_names = { "size" },
    deployment = { id = "d1", application = "shop", recipe = "web", group = "all", path = "/srv/shop", actor = "kim", kind = "deploy",
      revision = "1", release = "r2", release_path = "/srv/shop/releases/r2" } }
end

--- A value that a type takes, or one that it might.
local good = {
  string = "text", number = 1.5, boolean = true, table = { a = 1 }, any = "x", integer = 1, positive = 1, count = 1, port = 80, factor = 2,
  name = "web", url = "http://localhost/", user = "app", owner = "app:app", strings = { "a" }, statuses = { 200 }, mode = "0644",
  answer = "ok", duration = "1s", time = "5s", amount = "50%", record = { a = 1 }, version = "1.0.0", range = "^1", module = "init.lua",
  ground = "host", configuration = { floor = 1 },
}

local function pool_of()
  local pool = { 0, -1, 7, 2.5, "", "a", "%s", "50%", "1m", "../x", "/etc/x", "\0", "\xff", true, false, {}, { 1, 2 }, { a = {} },
    math.huge, ("x"):rep(3000), function(...) return ... end, function() error("mine") end }
  if phase.is "run" then
    for _, one in ipairs { fleet.handle(0), fleet.handle(2), deployment.handle "running", rollout.handle(),
      deployment.handle("running").targets } do pool[#pool + 1] = one end
    for _, name in ipairs { "here", "secret", "log", "json" } do pool[#pool + 1] = language.globals[name] end
  end
  return pool
end

--- Draws from the bytes of an input: byte() returns the next byte, or 0 after the last.
local function drawing(text)
  local draw, at, pool = {}, 0, pool_of()
  function draw.byte()
    at = at + 1
    return string.byte(text, at) or 0
  end
  function draw.more() return at < #text end
  function draw.any() return pool[draw.byte() % #pool + 1] end
  function draw.keep(value) if value ~= nil and #pool < 60 then pool[#pool + 1] = value end end
  return draw
end

local call -- (word, draw, options): below

--- A function for an option: it may call a word itself.
local function callback(draw)
  local which = draw.byte()
  return function(...)
    draw.keep((...))
    if which % 3 > 0 then return (...) end
    return call(words[which % #words + 1], draw)
  end
end

local function value_of(type_, draw)
  local byte = draw.byte()
  if byte % 4 == 3 then return draw.any() end
  if type_ == "function" or type_ == "functions" then return callback(draw) end
  if type_ == "hosts" or type_ == "chosen" or type_ == "targets" then return draw.any() end
  local choices = types.named(type_).choices
  if choices then return choices[byte % #choices + 1] end
  if good[type_] ~= nil then return good[type_] end
  return draw.any()
end

--- A table of the word's options. only: the number of the only option in it, or nil for the options that the bytes choose.
local function options_of(word, draw, only)
  local options = {}
  for i, field in ipairs(word.fields) do
    local wanted = only == i or field.required or not only and draw.byte() % 3 == 0
    if wanted then options[field[1]] = value_of(field[2], draw) end
  end
  if not only and draw.byte() == 255 then options[draw.any()] = draw.any() end
  return options
end

--- What a word's name stands for, and the object that a method is called with.
local function meaning(name)
  local object, sign, method = string.match(name, "^([%w_]+)([:.])([%w_]+)$")
  if not object then return language.globals[name] or of_files[name] end
  if sign == "." then return language.globals[object][method] end
  local handles = { host = fleet.handle(0), deployment = deployment.handle "running", rollout = rollout.handle(),
    hosts = deployment.handle("running").targets, here = language.globals.here,
    response = response.new({ status = 200, body = "{}", url = "http://localhost/", type = "", duration = 1 }) }
  return handles[object] and handles[object][method], handles[object]
end

local function argument(part, word, draw, only)
  if string.find(part, "{ …", 1, true) == 1 then return options_of(word, draw, only) end
  if draw.byte() % 4 == 3 then return draw.any() end
  if part == "function" then return callback(draw) end
  if part == "{ functions }" then return { callback(draw), callback(draw) } end
  if part == "hosts" or part == "list" then return deployment.handle("running").targets end
  return good[part] or part == "action" and "state" or "web"
end

--- Calls a word as its declaration says. only: the only option that it gets, or nil for the options that the bytes choose.
function call(word, draw, only)
  local fn, object = meaning(word.name)
  local arguments = { object }
  local curried = string.find(word.takes, "^\"%a+\" [{(]")
  if curried then arguments[#arguments + 1] = "n" .. draw.byte() else
    local takes = string.gsub(word.takes, "^%((.-)%).*$", "%1")
    for part in string.gmatch(takes .. ", ", "(.-), ") do
      if part ~= "" then arguments[#arguments + 1] = argument(part, word, draw, only) end
    end
    if word.fields[1] and not string.find(takes, "{ …", 1, true) then arguments[#arguments + 1] = options_of(word, draw, only) end
  end
  local first, second = fn(table.unpack(arguments))
  if curried then first = first(word.name == "strategy" and draw.byte() % 2 == 0 and callback(draw) or options_of(word, draw, only)) end
  draw.keep(first)
  draw.keep(second)
  return first
end

local function enter(how)
  if how == 0 then return end
  begin(facts(({ "plan", "check", "faults" })[how]))
end

local function runs(word)
  for _, one in ipairs(word.phases) do if one == "run" then return true end end
end

--- Calls a number of words as the bytes of a text say, in the phase that the first byte says.
local function words_from(text)
  enter(string.byte(text, 1) and string.byte(text, 1) % 5 or 0)
  local draw = drawing(string.sub(text, 2))
  while draw.more() do
    local good_, failure = pcall(call, words[draw.byte() % #words + 1], draw)
    if not good_ then tostring(failure) end
  end
  if not phase.is "run" then return read { path = "deploy.lua", text = "", globals = {}, checks = true } end
end

--- Calls one word with each of its options alone, and returns how many options there were: { word, options }. A word without a meaning is a
--- mistake.
local function reach(number)
  local word = words[number]
  if not word then return nil end
  enter(runs(word) and 4 or 0)
  if meaning(word.name) == nil then error(word.name .. " has no meaning", 0) end
  for only = 1, math.max(1, #word.fields) do
    local reached = false
    local draw = drawing(string.rep("\0", 64))
    pcall(function()
      reached = true
      call(word, draw, only)
    end)
    assert(reached)
  end
  state.of("web", "ActiveState=active\nLoadState=loaded")
  boundary.note("info", word.name)
  return { word = word.name, options = #word.fields }
end

return { reach = reach, words = words_from, count = #words }
