-- The order of stages: joins the lists of several recipes, and moves each stage whose `before` or `after` names another stage.

local import = ...
local near, problems, tables = import "runtime/near", import "runtime/problems", import "runtime/tables"
local stage = import "words/stage"
local joined = tables.joined

local sections = {}

--- Returns both lists as one. Items of the second list that are already in the first are left out, because two bases can share a base.
function sections.united(first, second, same)
  local result = joined(first)
  for _, item in ipairs(second or {}) do
    local known = false
    for _, other in ipairs(first or {}) do known = known or same(item, other) end
    if not known then result[#result + 1] = item end
  end
  return result
end

local function same_stage(a, b) return payload(a) == payload(b) end

--- Returns a list in three sections (before the upload, from there to the rollout, and after it), and its upload and its rollout.
function sections.of(list)
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

--- Returns both lists as one, section by section. In each section, the stages of the first list come first. A rollout that has a strategy
--- takes precedence.
function sections.merged(first, second)
  local a, b = sections.of(first), sections.of(second)
  local rollout = b.rollout or a.rollout
  if a.rollout and rollout and not payload(rollout).strategy then rollout = a.rollout end
  local function both(part) return sections.united(a[part], b[part], same_stage) end
  local upload = a.upload or b.upload
  return joined(joined(joined(both(1), { upload }), joined(both(2), { rollout })), both(3))
end

--- Returns the stages of a recipe: its own list, with the stages of its bases around it. If no base declares stages, a list that names
--- upload or rollout is used as it is, and a list that names neither is placed between the two.
function sections.complete(base, own)
  if not own then return base.stages end
  for _, item in ipairs(own) do
    local inside = payload(item)
    for _, other in ipairs(base.stages) do
      if inside.kind == "script" and payload(other).name == inside.name and payload(other) ~= inside then
        problems.warn(string.format("stage %q is in the base too, and both run", inside.name), "give it another name", inside.place)
      end
    end
    if inside.kind ~= "script" and not base.declares then return own end
  end
  return sections.merged(base.stages, own)
end

--- Returns the list with a strategy in its rollout. place: the place of the recipe.
function sections.with_strategy(list, strategy, place)
  local result = {}
  for i, item in ipairs(list) do result[i] = payload(item).kind == "rollout" and stage.rollout_with(strategy, place) or item end
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
    return problems.add(string.format("stage %q is to run %s stage %q, and that one waits for it in turn", inside.name, word, target), nil,
      problems.at_field(inside.place, word))
  end
  problems.add(string.format("stage %q is to run %s %q, and there is no such stage", inside.name, word, target),
    near.question(target, names, "%q") or "there are " .. table.concat(names, ", "), problems.at_field(inside.place, word))
end

--- Moves each stage with `before` or `after` to that place. Several stages at one place keep their order.
function sections.in_place(list)
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
  return joined(rest, waiting)
end

return sections
