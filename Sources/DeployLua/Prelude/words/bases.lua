-- Combines the bases of a recipe. Some fields are joined. For the others, the later base takes precedence, and a warning says what is lost.

local import = ...
local problems, tables = import "runtime/problems", import "runtime/tables"
local sections, stage, task = import "words/sections", import "words/stage", import "words/task"

local bases = {}

local adding = tables.set { "api", "base", "on", "on_failure", "on_success", "params", "partners", "stages", "strategy",
  "tasks" }

local function alike(a, b, depth)
  if rawequal(a, b) then return true end
  if type(a) ~= "table" or type(b) ~= "table" or (depth or 0) > 8 then return false end
  for key, value in pairs(a) do if not alike(value, b[key], (depth or 0) + 1) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

local function same_hook(a, b) return a.event == b.event and a.run == b.run end

local function add_fields(sum, more, said, subject, place)
  for key, given in pairs(more.fields) do
    local before = sum.fields[key]
    if before ~= nil and not adding[key] and said[key] == nil and not alike(before, given) then
      problems.warn(string.format("%s of %s comes from two of its bases; the later one is used", key, subject),
        string.format("set it in the recipe: %s = …", key), place)
    end
    sum.fields[key], sum.origins[key] = given, more.origins[key]
  end
end

local function add_params(sum, more, subject, place)
  local inside, kept = {}, {}
  for _, parameter in ipairs(more.params) do inside[parameter.name] = parameter.inside end
  for _, parameter in ipairs(sum.params) do
    local other = inside[parameter.name]
    if not other then kept[#kept + 1] = parameter elseif other ~= parameter.inside then
      problems.warn(string.format("parameter %q of %s comes from two of its bases; the later one is used", parameter.name, subject),
        "declare it in the recipe", place)
    end
  end
  sum.params = tables.joined(kept, more.params)
end

local function add_stages(sum, more, said, subject, place)
  local old, new = sections.of(sum.stages).rollout, sections.of(more.stages).rollout
  local first, second = old and payload(old).strategy, new and payload(new).strategy
  if first and second and first ~= second and said.strategy == nil and said.stages == nil then
    problems.warn(string.format("two bases of %s have a strategy; the later one is used", subject),
      "set it in the recipe: strategy = …", place)
  end
  if sum.declares and more.declares then sum.stages = sections.merged(sum.stages, more.stages) elseif more.declares then
    sum.stages = more.stages
  end
  sum.declares = sum.declares or more.declares
end

--- Returns all bases as one, in order. Without a base, returns what every recipe has. said: the recipe's own fields, which override all
--- bases.
function bases.combined(list, said, subject, place)
  local sum = { fields = {}, origins = {}, hooks = {}, params = {}, stages = { stage.upload, stage.rollout }, on_failure = {},
    on_success = {}, partners = {}, tasks = {} }
  for _, base in ipairs(list) do
    local more = payload(base)
    add_fields(sum, more, said, subject, place)
    add_stages(sum, more, said, subject, place)
    add_params(sum, more, subject, place)
    sum.hooks = sections.united(sum.hooks, more.hooks, same_hook)
    sum.tasks = task.joined(sum.tasks, more.tasks)
    sum.partners = tables.joined(sum.partners, more.partners)
    sum.on_failure = sections.united(sum.on_failure, more.on_failure, rawequal)
    sum.on_success = sections.united(sum.on_success, more.on_success, rawequal)
  end
  return sum
end

--- Warns that a list of shared paths replaces the base's list. Paths that an earlier release had as links would then be missing.
function bases.warn_of_unshared(before, now, subject, place)
  local known, lost = tables.set(now), {}
  for _, entry in ipairs(before or {}) do if not known[entry] then lost[#lost + 1] = string.format("%q", entry) end end
  if #lost == 0 then return end
  problems.warn(string.format("shared of %s replaces its base's: %s is not shared then", subject, table.concat(lost, ", ")),
    "name it there too", place)
end

return bases
