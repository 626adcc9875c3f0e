-- freeze = { { … }, … }: times at which nothing is deployed.

local import = ...
local language, near, problems = import "runtime/language", import "runtime/near", import "runtime/problems"
local void = import "runtime/void"
local fields, types = import "types/fields", import "types/types"

local freeze = {}

language.word {
  name = "recipe.freeze", nature = "pure", phases = { "description" }, takes = "freeze = { … }",
  summary = "A time in which no deployment begins, and in which running deployments begin no further wave. Rollbacks are always possible.",
  example = "freeze = { days = \"fri\", from = \"15:00\", to = \"24:00\", zone = \"Europe/Berlin\", name = \"before the weekend\" }",
  fields = {
    { "days", "string", "weekdays such as \"fri\", \"sat-sun\" or \"mon, wed-fri\"", default = "every day" },
    { "dates", "strings", "dates such as \"2026-12-24\" or \"2026-12-23..2027-01-02\"", default = "every date" },
    { "from", "string", "the time of day at which the freeze begins, such as \"15:00\"", default = "midnight" },
    { "to", "string", "the time of day at which the freeze ends, such as \"08:00\". If this time is not later than the time in from, the "
      .. "freeze ends on the next day",
      default = "\"24:00\"" },
    { "zone", "name", "the time zone of the times and dates, such as \"Europe/Berlin\", \"UTC\" or \"+01:00\"", default = "UTC" },
    { "name", "name", "the name of the freeze in messages and reports" },
  },
}

types.define("freezes", "a table { days = \"fri\", from = \"15:00\" }, or a list of such tables", function(v)
  if type(v) ~= "table" then return false end
  for key, item in pairs(v) do
    if math.type(key) == "integer" and item ~= void and type(item) ~= "table" then return false end
  end
  return true, v
end)

local names = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" }
local numbers = {}
for number, name in ipairs(names) do numbers[name] = number end

--- Returns the number of a weekday, given by its name or its first three letters, or nil if the text is not a weekday.
local function weekday(text)
  local word = string.lower(text)
  local number = numbers[string.sub(word, 1, 3)]
  local whole = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }
  if number and (#word == 3 or whole[number] == word) then return number end
end

local function read_days(text, subject, place)
  local days, seen = {}, {}
  for part in string.gmatch(text, "[^,%s]+") do
    local first, last = string.match(part, "^(%a+)%-(%a+)$")
    local from, to = weekday(first or part), weekday(last or part)
    if not from or not to then
      problems.add(string.format("days of %s has %q, which is no weekday", subject, part),
        near.question(string.sub(string.lower(from and (last or part) or (first or part)), 1, 3), names, "%q")
          or "write mon to sun, such as \"mon-fri\"", place)
      return nil
    end
    local day = from
    while true do
      if not seen[day] then seen[day], days[#days + 1] = true, day end
      if day == to then break end
      day = day % 7 + 1
    end
  end
  if #days == 0 then problems.add("days of " .. subject .. " names no weekday", "leave it out for every day", place) end
  return days
end

--- Returns the days from 1970-01-01 to a date, or nil if the text is not a date.
local function date(text)
  local y, m, d = string.match(text, "^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  if not y then return nil end
  local year, month, day = math.tointeger(tonumber(y)), math.tointeger(tonumber(m)), math.tointeger(tonumber(d))
  local lengths = { 31, year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0) and 29 or 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
  if month < 1 or month > 12 or day < 1 or day > lengths[month] or year < 1970 then return nil end
  local days = day - 1
  for past = 1, month - 1 do days = days + lengths[past] end
  local before = year - 1
  return days + (year - 1970) * 365 + (before // 4 - before // 100 + before // 400) - (1969 // 4 - 1969 // 100 + 1969 // 400)
end

local function read_dates(list, subject, place)
  local dates = {}
  for _, text in ipairs(list) do
    local from, to = string.match(text, "^%s*(%S-)%s*%.%.%s*(%S+)%s*$")
    local first, last = date(from or text), date(to or text)
    if not first or not last or last < first then
      problems.add(string.format("dates of %s has %q, which is neither a date nor a time from one to a later one", subject, text),
        "write \"2026-12-24\" or \"2026-12-23..2027-01-02\"", place)
    else
      dates[#dates + 1] = { first = first, last = last }
    end
  end
  return dates
end

--- Returns the minutes after midnight, or `usual` if no time is given.
local function read_time(text, usual, field, subject, place)
  if text == nil then return usual end
  local hours, minutes = string.match(text, "^(%d%d?):(%d%d)$")
  local time = hours and math.tointeger(tonumber(hours)) * 60 + math.tointeger(tonumber(minutes))
  local most = field == "to" and 1440 or 1439
  if time and time <= most and math.tointeger(tonumber(minutes)) < 60 then return time end
  problems.add(string.format("%s of %s is %q, which is no time of day", field, subject, text), "write \"08:30\"", place)
  return usual
end

local function read_one(given, subject, place)
  local own = fields.read(subject, "recipe.freeze", given, place)
  local function at(field) return problems.at_field(place, field) end
  if not own.days and not own.dates and not own.from and not own.to and given ~= void then
    problems.add(subject .. " names no time, so nothing would ever be deployed", "give it days, dates, from or to", place)
  end
  local to = read_time(own.to, 1440, "to", subject, at "to")
  local result = { name = own.name or "freeze", days = own.days and read_days(own.days, subject, at "days") or {},
    dates = own.dates and read_dates(own.dates, subject, at "dates") or {}, from = read_time(own.from, 0, "from", subject, at "from"),
    to = to == 0 and 1440 or to, zone = own.zone or "UTC" }
  result.field = place.field
  return problems.placed(result, place)
end

--- Returns the windows of a recipe as data for the engine.
function freeze.read(given, recipe, place)
  local subject = "freeze of " .. recipe
  local list = {}
  local named
  for key in pairs(given) do named = named or math.type(key) ~= "integer" end
  if #given == 0 and named then return { read_one(given, subject, place) } end
  for number, item in ipairs(given) do
    local own = #given > 1 and string.format("%s (%d)", subject, number) or subject
    if item ~= void then list[#list + 1] = read_one(item, own, place) end
  end
  for key in pairs(given) do
    if math.type(key) ~= "integer" then
      problems.add(string.format("%s has a list and the field %q", subject, tostring(key)),
        "write each window in a table of its own", place)
      break
    end
  end
  if #list > 50 then problems.add(string.format("%s has %d windows, and 50 is the most", subject, #list), nil, place) end
  return list
end

return freeze
