-- Near matches: finds what a misspelt word was probably meant to be.

local near = {}

--- Returns the number of letters to add, drop, replace or swap with a neighbour, to turn one word into the other.
local function distance(a, b)
  local row, last, current = {}, nil, {}
  for j = 0, #b do row[j], current[j] = j, j end
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
    local copy = {}
    for j = 0, #b do copy[j] = row[j] end
    last, current = current, copy
  end
  return row[#b]
end

local function nearest(word, candidates)
  if #word >= 100 then return nil end
  local best, least = nil, math.max(1, #word // 3) + 1
  for _, candidate in ipairs(candidates) do
    local d = distance(string.lower(word), string.lower(candidate))
    if d < least then best, least = candidate, d end
  end
  if best then return best end
  for _, candidate in ipairs(candidates) do -- `enviroment` for `env`
    if #candidate > 2 and string.sub(string.lower(word), 1, #candidate) == string.lower(candidate) then return candidate end
  end
end

--- Returns "did you mean x?" with the candidate that is most like a word, or nil if no candidate is like it. shape: the format of the
--- candidate, or nil for "%s".
function near.question(word, candidates, shape)
  local best = type(word) == "string" and nearest(word, candidates)
  if not best then return nil end
  return "did you mean " .. string.format(shape or "%s", best) .. "?"
end

return near
