-- url: takes URLs (RFC 3986) apart, and makes their parts.

local import = ...
local errors, language = import "runtime/errors", import "runtime/language"
local tables, values = import "runtime/tables", import "runtime/values"

language.word {
  name = "url.encode", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "text",
  summary = "Encodes a string for one part of a path or a query. The characters A-Z, a-z, 0-9 and - . _ ~ stay unchanged. Every other "
    .. "byte becomes % and two hexadecimal digits (RFC 3986).",
  example = "local page = \"https://ci.example.com/job/\" .. url.encode \"shop/main\"   -- …/shop%2Fmain",
}
language.word {
  name = "url.decode", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "text",
  summary = "Decodes a string that url.encode encoded. A + in the string stays a +.", example = "local name = url.decode \"shop%2Fmain\"  "
    .. " -- shop/main",
}
language.word {
  name = "url.query", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "{ name = value }",
  summary = "Returns names and values as the query of a URL, without the ?, sorted by name. If a value is a list, the name is repeated "
    .. "for each item of the list.",
  example = "local search = \"http://prometheus:9090/api/v1/query?\" .. url.query { query = \"up\", time = 1700000000 }",
}
language.word {
  name = "url.parse", nature = "pure", phases = { "description", "run" }, gives = "table", takes = "text",
  summary = "Returns the parts of a URL: scheme, user, password, host, port, path, query (a table) and fragment. Missing parts are nil.",
  example = "local place = url.parse \"https://shop.example.com:8443/health?full=1\"   -- place.port is 8443, place.query.full is \"1\"",
}
language.object { name = "url", summary = "Splits URLs into parts, and encodes parts of URLs.", fields = {} }

local function text_of(word, value)
  if type(value) ~= "string" then errors.usage(string.format("%s takes a string, got %s", word, values.described(value))) end
  return value
end

local function encoded(text)
  return (string.gsub(text, "[^%w%-._~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

--- Returns a text with each % and its two digits decoded, or nil if a % is not followed by two digits.
local function decoded(text)
  if string.find(string.gsub(text, "%%%x%x", ""), "%", 1, true) then return nil end
  return (string.gsub(text, "%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function decode(value)
  local text = decoded(text_of("url.decode", value))
  if not text then errors.usage("url.decode: a % is followed by something other than two hexadecimal digits", "a % itself is %25") end
  return text
end

local function item(name, value)
  local kind = type(value)
  if kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
    errors.usage(string.format("url.query: %s takes a string, a number, true or false, got %s", name, values.described(value)))
  end
  return encoded(name) .. "=" .. encoded(values.as_text(value))
end

local function query(given)
  if type(given) ~= "table" then errors.usage("url.query takes a table, got " .. values.described(given)) end
  local names, out = tables.keys(given), {}
  for _, name in ipairs(names) do
    if type(name) ~= "string" then errors.usage("url.query: names are strings, got " .. values.described(name)) end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = given[name]
    if type(value) == "table" and #tables.keys(value) ~= #value then
      errors.usage(string.format("url.query: %s takes a list, and the table has names or gaps", name))
    end
    for _, one in ipairs(type(value) == "table" and value or { value }) do out[#out + 1] = item(name, one) end
  end
  return table.concat(out, "&")
end

--- Returns the values of a query by name. A name that occurs several times has a list. Returns nil if a % is not followed by two digits.
local function fields_of(text)
  local fields = {}
  for pair in string.gmatch(text, "[^&]+") do
    local name, value = string.match(pair, "^([^=]*)=?(.*)$")
    name, value = decoded((string.gsub(name, "+", " "))), decoded((string.gsub(value, "+", " ")))
    if not name or not value then return nil end
    local before = fields[name]
    if type(before) == "table" then before[#before + 1] = value
    else fields[name] = before == nil and value or { before, value } end
  end
  return fields
end

local function refuse(text, why) errors.usage(string.format("url.parse: %s: %s", values.described(text), why)) end

--- Adds host and port to `parts`. place: the text between // and the path.
local function machine(text, place, parts)
  local host, port = string.match(place, "^(%[[%x:.]+%])(.*)$")
  if not host then host, port = string.match(place, "^([^:]*)(.*)$") end
  local number = math.tointeger(tonumber(string.match(port, "^:(%d%d?%d?%d?%d?)$")))
  if port == ":" then refuse(text, "it has a : and no port") end
  if port ~= "" and (not number or number > 65535) then refuse(text, string.sub(port, 2) .. " is no port") end
  parts.host, parts.port = string.lower(host), number
end

--- Returns the user and the password in the part before the @. The password is nil if there is no colon.
local function login(text, user)
  if string.find(user, "[^%w%-._~!$&'()*+,;=:%%]") then refuse(text, "its user has a character that is written with %: an @ is %40") end
  local name, colon, password = string.match(user, "^([^:]*)(:?)(.*)$")
  name, password = decoded(name), decoded(password)
  if not name or not password then refuse(text, "its user has a % without two digits") end
  return name, colon ~= "" and password or nil
end

local function parse(value)
  local text = text_of("url.parse", value)
  if string.find(text, "[%c ]") then refuse(text, "a URL has no blank: it is %20") end
  if string.find(text, "\\", 1, true) then refuse(text, "a URL has no backslash: it is %5C") end
  local scheme, rest = string.match(text, "^(%a[%w+.-]*):(.*)$")
  if not scheme then refuse(text, "it begins with no scheme, such as https:") end
  local parts = { scheme = string.lower(scheme) }
  local before, fragment = string.match(rest, "^([^#]*)#(.*)$")
  rest, parts.fragment = before or rest, fragment
  local left, search = string.match(rest, "^([^?]*)%?(.*)$")
  rest = left or rest
  if search then parts.query = fields_of(search) or refuse(text, "its query has a % without two digits") end
  local authority, path = string.match(rest, "^//([^/]*)(.*)$")
  parts.path = path or rest
  if authority then
    local user, place = string.match(authority, "^(.*)@([^@]*)$")
    machine(text, place or authority, parts)
    if user then parts.user, parts.password = login(text, user) end
  end
  return parts
end

language.meaning("url", values.word("url", {
  encode = function(value) return encoded(text_of("url.encode", value)) end, decode = decode, query = query, parse = parse,
}))
