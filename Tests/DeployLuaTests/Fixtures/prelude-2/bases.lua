-- Recipes built upon others: what adds up, what the later word wins, and what of a base is lost.

warnings = {}

local function warn(message, fix, place)
  warnings[#warnings + 1] = { message = message, fix = fix, file = place.file, line = place.line, field = place.field }
end

function added(first, second)
  local result = {}
  for _, item in ipairs(first or {}) do result[#result + 1] = item end
  for _, item in ipairs(second or {}) do result[#result + 1] = item end
  return result
end

--- The same, without what is there already: two bases may be built upon one.
local function joined(first, second, same)
  local result = added(first)
  for _, item in ipairs(second or {}) do
    local known = false
    for _, other in ipairs(first or {}) do known = known or same(item, other) end
    if not known then result[#result + 1] = item end
  end
  return result
end

local function alike(a, b, depth)
  if rawequal(a, b) then return true end
  if type(a) ~= "table" or type(b) ~= "table" or (depth or 0) > 8 then return false end
  for key, value in pairs(a) do if not alike(value, b[key], (depth or 0) + 1) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

local function same_stage(a, b) return payload(a) == payload(b) end

-- Stages -------------------------------------------------------------------------------------------------------------

--- A list in three sections: before the upload, up to the rollout, and after it; its upload and its rollout.
local function sections(list)
  local upload, rollout
  for i, item in ipairs(list) do
    local what = payload(item).kind
    if what == "upload" then upload = upload or i end
    if what == "rollout" then rollout = rollout or i end
  end
  local result = { {}, {}, {}, upload = upload and list[upload], rollout = rollout and list[rollout] }
  for i, item in ipairs(list) do
    if payload(item).kind == "script" then
      local part = rollout and i > rollout and 3 or upload and i < upload and 1 or 2
      result[part][#result[part] + 1] = item
    end
  end
  return result
end

--- Both lists, section by section, of each section the first one's stages first. A rollout that names a strategy wins.
local function merged_stages(first, second)
  local a, b = sections(first), sections(second)
  local rollout = b.rollout or a.rollout
  if a.rollout and rollout and not payload(rollout).strategy then rollout = a.rollout end
  local function both(part) return joined(a[part], b[part], same_stage) end
  local upload = a.upload or b.upload
  return added(added(added(both(1), { upload }), added(both(2), { rollout })), both(3))
end

--- A recipe's stages: its own list with what its bases declare around it. Without a base that declares any, a list that names upload or
--- rollout stands alone, and one that names neither lies between the two.
function stages_of(base, own)
  if not own then return base.stages end
  for _, item in ipairs(own) do
    local inside = payload(item)
    for _, other in ipairs(base.stages) do
      if inside.kind == "script" and payload(other).name == inside.name and payload(other) ~= inside then
        warn(string.format("stage %q is in the base too, and both run", inside.name), "give it another name", inside.place)
      end
    end
    if inside.kind ~= "script" and not base.declares then return own end
  end
  return merged_stages(base.stages, own)
end

function with_strategy(stages, strategy_)
  local result = {}
  for i, item in ipairs(stages) do
    local inside = payload(item)
    result[i] = inside.kind == "rollout" and proxy(stage_type, 0, { kind = "rollout", name = "rollout", strategy = strategy_ }) or item
  end
  return result
end

local function index_of(list, name)
  for i, item in ipairs(list) do if payload(item).name == name then return i end end
end

local function lost(item, rest, waiting)
  local inside = payload(item)
  local word, target = inside.before and "before" or "after", inside.before or inside.after
  local names = {}
  for _, other in ipairs(rest) do names[#names + 1] = payload(other).name end
  if index_of(waiting, target) then
    return problem(string.format("stage %q is to run %s stage %q, and that one waits for it in turn", inside.name, word, target), nil,
      at_field(inside.place, word))
  end
  problem(string.format("stage %q is to run %s %q, and there is no such stage", inside.name, word, target),
    did_you_mean(target, names, "%q") or "there are " .. table.concat(names, ", "), at_field(inside.place, word))
end

--- Moves each stage that says `before` or `after` to where it says; several at one place keep their order.
function in_place(list)
  local rest, waiting = {}, {}
  for _, item in ipairs(list) do
    local inside = payload(item)
    local to = (inside.before or inside.after) and waiting or rest
    to[#to + 1] = item
  end
  local moved = true
  while #waiting > 0 and moved do
    local still = {}
    moved = false
    for _, item in ipairs(waiting) do
      local inside = payload(item)
      local at = index_of(rest, inside.before or inside.after)
      if at then
        if inside.after then
          at = at + 1
          while rest[at] and payload(rest[at]).after == inside.after do at = at + 1 end
        end
        table.insert(rest, at, item)
        moved = true
      else
        still[#still + 1] = item
      end
    end
    waiting = still
  end
  for _, item in ipairs(waiting) do lost(item, rest, waiting) end
  return added(rest, waiting)
end

-- Bases --------------------------------------------------------------------------------------------------------------

local adding = { api = true, base = true, on = true, on_failure = true, on_success = true, params = true, stages = true, strategy = true }

local function same_hook(a, b) return a.event == b.event and a.run == b.run end

--- One more base on top of others: `said` are the recipe's own fields, which win anyway.
local function add_base(sum, more, said, subject, place)
  for key, given in pairs(more.fields) do
    local before = sum.fields[key]
    if before ~= nil and not adding[key] and said[key] == nil and not alike(before, given) then
      warn(string.format("%s of %s comes from two of its bases, and the later one is taken", key, subject),
        string.format("say it in the recipe: %s = …", key), place)
    end
    sum.fields[key], sum.origins[key] = given, more.origins[key]
  end
  local old, new = sections(sum.stages).rollout, sections(more.stages).rollout
  local first, second = old and payload(old).strategy, new and payload(new).strategy
  if first and second and first ~= second and said.strategy == nil and said.stages == nil then
    warn(string.format("two bases of %s have a strategy, and the later one is taken", subject), "say it in the recipe: strategy = …", place)
  end
  local seen, kept = {}, {}
  for _, parameter in ipairs(more.params) do seen[parameter.name] = parameter.inside end
  for _, parameter in ipairs(sum.params) do
    local other = seen[parameter.name]
    if not other then kept[#kept + 1] = parameter elseif other ~= parameter.inside then
      warn(string.format("parameter %q of %s comes from two of its bases, and the later one is taken", parameter.name, subject),
        "declare it in the recipe", place)
    end
  end
  sum.params = added(kept, more.params)
  sum.hooks = joined(sum.hooks, more.hooks, same_hook)
  sum.on_failure = joined(sum.on_failure, more.on_failure, rawequal)
  sum.on_success = joined(sum.on_success, more.on_success, rawequal)
  if sum.declares and more.declares then sum.stages = merged_stages(sum.stages, more.stages) elseif more.declares then
    sum.stages = more.stages
  end
  sum.declares = sum.declares or more.declares
end

--- All bases as one, in their order; without any, what every recipe has.
function combined(bases, said, subject, place)
  local sum = { fields = {}, origins = {}, hooks = {}, params = {}, stages = { upload_stage, bare_rollout }, on_failure = {},
    on_success = {} }
  for _, base in ipairs(bases) do add_base(sum, payload(base), said, subject, place) end
  return sum
end

--- A list of shared paths replaces the base's: what a release before had as a link would then be missing.
function warn_of_unshared(before, now, subject, place)
  local known, lost_paths = {}, {}
  for _, entry in ipairs(now) do known[entry] = true end
  for _, entry in ipairs(before or {}) do if not known[entry] then lost_paths[#lost_paths + 1] = string.format("%q", entry) end end
  if #lost_paths > 0 then
    warn(string.format("shared of %s replaces its base's: %s is not shared then", subject, table.concat(lost_paths, ", ")),
      "name it there too", place)
  end
end
