-- Says line by line how two texts differ. Lines that were expected begin with "- ", and lines that are there instead begin with "+ ".

local line_difference = {}
local around = 2      -- lines that are shown before and after a difference
local most = 60       -- the limit of lines that are shown
local widest = 200    -- the limit of a line, in bytes
local longest = 400   -- the limit of lines that are compared with each other; the rest of longer texts counts as different

--- Returns the lines of a text, and whether the last of them ends with a line break.
local function split(text)
  local lines = {}
  for line in string.gmatch(text, "([^\n]*)\n?") do lines[#lines + 1] = line end
  if lines[#lines] == "" then lines[#lines] = nil end
  return lines, string.sub(text, -1) == "\n"
end

local shown_as = { ["\t"] = "\\t", ["\r"] = "\\r" }

--- Returns a line with its invisible characters: tabs, carriage returns and blanks at the end.
local function visible(line)
  if #line > widest then line = string.sub(line, 1, widest - 3) .. "…" end
  local text = string.gsub(line, "[\t\r]", shown_as)
  return (string.gsub(text, " +$", function(blanks) return string.rep("·", #blanks) end))
end

--- Returns, for each pair of positions, the number of lines that the two texts have in common from there on.
local function common(a, b)
  local counts = { [#a + 1] = {} }
  for j = 1, #b + 1 do counts[#a + 1][j] = 0 end
  for i = #a, 1, -1 do
    counts[i] = { [#b + 1] = 0 }
    for j = #b, 1, -1 do
      counts[i][j] = a[i] == b[j] and counts[i + 1][j + 1] + 1 or math.max(counts[i + 1][j], counts[i][j + 1])
    end
  end
  return counts
end

--- Returns both texts as one list of { sign, line }. The sign of a line that both have is "  ".
local function merged(a, b)
  local first, last = 0, 0
  while first < #a and first < #b and a[first + 1] == b[first + 1] do first = first + 1 end
  while last < #a - first and last < #b - first and a[#a - last] == b[#b - last] do last = last + 1 end
  local left, right = table.move(a, first + 1, #a - last, 1, {}), table.move(b, first + 1, #b - last, 1, {})
  local result, i, j = {}, 1, 1
  local function add(sign, line) result[#result + 1] = { sign, line } end
  for at = 1, first do add("  ", a[at]) end
  local counts = #left <= longest and #right <= longest and common(left, right)
  while counts and i <= #left and j <= #right do
    if left[i] == right[j] then
      add("  ", left[i])
      i, j = i + 1, j + 1
    elseif counts[i + 1][j] >= counts[i][j + 1] then
      add("- ", left[i])
      i = i + 1
    else
      add("+ ", right[j])
      j = j + 1
    end
  end
  for at = i, #left do add("- ", left[at]) end
  for at = j, #right do add("+ ", right[at]) end
  for at = #a - last + 1, #a do add("  ", a[at]) end
  return result
end

--- Returns whether a line of a list is near a difference.
local function is_near(list, at)
  for i = math.max(1, at - around), math.min(#list, at + around) do if list[i][1] ~= "  " then return true end end
  return false
end

--- Returns the lines that differ, with those around them.
function line_difference.between(wanted, got)
  local a, ends = split(wanted)
  local b, ends_too = split(got)
  local list, shown, skips = merged(a, b), {}, false
  for at, one in ipairs(list) do
    if is_near(list, at) then
      if #shown >= most then
        shown[#shown + 1] = "…"
        break
      end
      shown[#shown + 1] = one[1] .. (one[1] == "  " and one[2] or visible(one[2]))
      skips = false
    elseif not skips then
      shown[#shown + 1], skips = "…", true
    end
  end
  if not list[1] or skips and #shown == 1 then shown = {} end
  if ends ~= ends_too then
    shown[#shown + 1] = ends and "only the expected text ends with a line break" or "only the text that came ends with a line break"
  end
  return table.concat(shown, "\n")
end

return line_difference
