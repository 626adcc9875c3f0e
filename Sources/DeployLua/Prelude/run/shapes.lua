-- Orders and splits hosts by their tags, for the methods split and batches.

local import = ...
local fleet = import "run/fleet"

local shapes = {}

local function value_of(item, tag) return (payload(item).tags or {})[tag] end

--- Returns lists of hosts by the value of a tag, in the order of each list's first host. Hosts without the tag come last.
local function by_value(list, tag)
  local lists, at, without = {}, {}, {}
  for _, item in ipairs(list) do
    local value = value_of(item, tag)
    if value == nil then without[#without + 1] = item else
      if not at[value] then at[value], lists[#lists + 1] = #lists + 1, {} end
      local one = lists[at[value]]
      one[#one + 1] = item
    end
  end
  if #without > 0 then lists[#lists + 1] = without end
  return lists
end

--- Orders hosts so that each value of a tag takes its turn: one host of each value, then the next one of each.
local function spread(list, tag)
  local lists, result, round = by_value(list, tag), {}, 1
  while #result < #list do
    for _, one in ipairs(lists) do result[#result + 1] = one[round] end
    round = round + 1
  end
  return result
end

--- Orders hosts so that all hosts with one value of a tag come together.
local function grouped(list, tag)
  local result = {}
  for _, one in ipairs(by_value(list, tag)) do for _, item in ipairs(one) do result[#result + 1] = item end end
  return result
end

--- Returns the first `count` hosts that are not in `except`, and all others. except: a table by host number.
function shapes.split(list, count, tag, except)
  local first, others = {}, {}
  for _, item in ipairs(tag and spread(list, tag) or list) do
    if #first < count and not except[fleet.number("a member", item)] then first[#first + 1] = item else others[#others + 1] = item end
  end
  return first, others
end

--- Returns a function that returns one batch after the other, as a set. options: spread, apart and alone, each the name of a tag.
function shapes.batches(list, count, options, set)
  if options.spread then list = spread(list, options.spread) end
  if options.alone then list = grouped(list, options.alone) end
  local skipped, at = {}, 1
  return function()
    local batch, used, left, value = {}, {}, {}, nil
    --- Returns whether the batch takes the host, or nil if the batch takes no further host.
    local function takes(item)
      if #batch >= count then return nil end
      if options.alone and #batch > 0 and value_of(item, options.alone) ~= value then return nil end
      local pair = options.apart and value_of(item, options.apart)
      if pair ~= nil and pair ~= false and used[pair] then return false end
      batch[#batch + 1] = item
      if options.alone then value = value_of(item, options.alone) end
      if pair then used[pair] = true end
      return true
    end
    for i, item in ipairs(skipped) do if not takes(item) then left[#left + 1] = skipped[i] end end
    while list[at] do
      local taken = takes(list[at])
      if taken == nil then break end
      if not taken then left[#left + 1] = list[at] end
      at = at + 1
    end
    skipped = left
    return #batch > 0 and set(batch) or nil
  end
end

--- For each host of a list, in order, returns the host among the others that has the most tags in common with it. No host is taken twice,
--- so the result is shorter than the list if there are not enough others. by: a tag whose value twins must share, or nil for none.
function shapes.twins(list, others, by)
  local taken, result = {}, {}
  for _, item in ipairs(list) do
    local best, most = nil, -1
    for at, other in ipairs(others) do
      local same = 0
      for tag, value in pairs(payload(item).tags or {}) do if value_of(other, tag) == value then same = same + 1 end end
      local fits = not taken[at] and (not by or value_of(item, by) == value_of(other, by))
      if fits and same > most then best, most = at, same end
    end
    if best then
      taken[best] = true
      result[#result + 1] = others[best]
    end
  end
  return result
end

return shapes
