-- protocol 2
-- What everything else here is made of. Globals of these files are the primitives: no recipe sees them.

phase = "description"          -- "run" once a deployment runs
problems = {}                  -- what is wrong with the files read so far

error_meta = { __name = "error", __metatable = false }
function error_meta.__tostring(e)
  local text = tostring(rawget(e, "message"))
  local host, place, stderr = rawget(e, "host"), rawget(e, "where"), rawget(e, "stderr")
  if host then text = host .. ": " .. text end
  if place then text = place .. ": " .. text end
  if type(stderr) == "string" and stderr ~= "" then text = text .. "\n  stderr: " .. string.gsub(stderr, "\n", "\n  ") end
  return text
end
errors(error_meta)

--- Raises an error that blames the innermost line of a recipe.
function usage(message, fix) return raise { kind = "invalid", message = message, fix = fix } end

--- Raises that something has nothing of that name, with the names there are.
function misnamed(message, key, names)
  local sorted = copy(names)
  table.sort(sorted)
  local fix = did_you_mean(key, names) or "there are " .. table.concat(sorted, ", ")
  if rehearsing() then return mistake("misnamed", message, fix) end
  return raise { kind = "misnamed", message = message, fix = fix }
end

function internal(message) return raise { kind = "internal", message = message } end

function copy(table_)
  local new = {}
  for key, value in pairs(table_) do new[key] = value end
  return new
end

local function distance(a, b)
  local row, last, current = {}, nil, nil
  for j = 0, #b do row[j] = j end
  current = copy(row)
  for i = 1, #a do
    local before = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = string.byte(a, i) == string.byte(b, j) and 0 or 1
      local best = math.min(row[j] + 1, row[j - 1] + 1, before + cost)
      if i > 1 and j > 1 and string.byte(a, i) == string.byte(b, j - 1) and string.byte(a, i - 1) == string.byte(b, j) then
        best = math.min(best, last[j - 2] + 1) -- two letters changed places
      end
      before, row[j] = row[j], best
    end
    last, current = current, copy(row)
  end
  return row[#b]
end

--- The candidate most like a word, if one is like it.
function near(word, candidates)
  local best, least = nil, math.max(1, #word // 3) + 1
  for _, candidate in ipairs(candidates) do
    local d = distance(string.lower(word), string.lower(candidate))
    if #word < 100 and d < least then best, least = candidate, d end
  end
  if best then return best end
  for _, candidate in ipairs(candidates) do -- `enviroment` for `env`
    if #candidate > 2 and string.sub(string.lower(word), 1, #candidate) == string.lower(candidate) then return candidate end
  end
end

function did_you_mean(word, candidates, shape)
  local best = type(word) == "string" and near(word, candidates)
  if not best then return nil end
  return "did you mean " .. string.format(shape or "%s", best) .. "?"
end

function keys_of(table_)
  local keys = {}
  for key in pairs(table_) do keys[#keys + 1] = key end
  return keys
end

--- Takes down what is wrong with a description and goes on; in the run phase it is raised.
--- place: { file, line, field }, if it is not the line that runs.
function problem(message, fix, place, kind)
  if phase == "run" then
    if rehearsing() then return mistake(kind or "invalid", message, fix, place) end
    return usage(message, fix)
  end
  local file, line, field
  if place then file, line, field = place.file, place.line, place.field else file, line = where() end
  problems[#problems + 1] = { message = message, fix = fix, file = file, line = line, field = field }
end

function here_is(skip)
  local file, line = where(skip)
  return { file = file, line = line }
end

--- The place of a field of the table that begins at a place; of a field's field, if that is one already.
function at_field(place, field)
  return { file = place.file, line = place.line, field = place.field and place.field .. "." .. field or field }
end

--- What a wrong name stands for while the rest of a file is read: it takes anything and gives itself.
local void_type = { __name = "nothing", __metatable = false }
void = proxy(void_type, 0, nil)
local function itself() return void end
--- `ipairs` over it ends while a recipe is played.
void_type.__index = function(_, key)
  if rehearsing() and math.type(key) == "integer" then return nil end
  return void
end
--- `for … in nothing do` calls it with nil and the value before: it ends there.
void_type.__call = function(_, ...)
  if select("#", ...) == 2 and (...) == nil then return nil end
  return void
end
for _, name in ipairs { "concat", "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor",
                        "shl", "shr", "bnot" } do
  void_type["__" .. name] = itself
end
void_type.__newindex = function() end
void_type.__tostring = function() return "" end
void_type.__len = function() return 0 end
void_type.__lt = function() return false end
void_type.__le = function() return false end

--- The payload of a value made with that metatable, or nil.
function is(value, metatable)
  if type(value) ~= "userdata" then return nil end
  local inside, made_with = payload(value)
  if made_with == metatable then return inside end
end

--- A type of values of ours: metatable with a name that shows in messages.
function kind(name)
  return { __name = name, __metatable = false, __newindex = function(_, key)
    return usage(string.format("%s is not to be changed: %s stays as it is", name, tostring(key)))
  end }
end

--- A word with members, such as `log` or `param`, that may be called as well.
function word(name, members, call)
  local type_ = kind(name)
  for key, member in pairs(members) do
    if type(member) == "function" then members[key] = framed(member) end
  end
  type_.__index = function(_, key)
    local member = members[key]
    if member ~= nil then return member end
    problem(string.format("%s has no %s", name, tostring(key)), did_you_mean(key, keys_of(members), name .. ".%s"), nil, "misnamed")
    return void
  end
  if call then type_.__call = framed(function(_, ...) return call(...) end) end
  return proxy(type_, 0, nil)
end

-- Phases -----------------------------------------------------------------------------------------------------------

function describing(name)
  if phase == "run" then
    raise { kind = "misnamed",
      message = name .. " describes a deployment and is read before one starts: move it out of the function, to the top of the file" }
  end
end

--- Whether a deployment runs; otherwise says where the call belongs.
function running(name)
  if phase == "run" then return true end
  problem(string.format("%s exists only while a deployment runs", name),
    "move it into a hook (on = { … = function(host) … end }) or into run = function(deployment) … end of a stage")
  return false
end
