-- Addresses of servers in URLs, in a standard spelling, so that two spellings of the same server become equal. A text is refused if a
-- client could understand it differently.

local import = ...
local address = import "words/address"

local web = {}
local standard = { http = 80, https = 443 }
local longest = 4096 -- bytes of a URL

--- Returns an IPv6 address as eight groups without leading zeros.
local function whole(text)
  local left, right = string.match(text, "^(.-)::(.*)$")
  local groups, tail = {}, {}
  for group in string.gmatch(left or text, "[^:]+") do groups[#groups + 1] = group end
  for group in string.gmatch(right or "", "[^:]+") do tail[#tail + 1] = group end
  if left then for _ = #groups + #tail + 1, 8 do groups[#groups + 1] = "0" end end
  for _, group in ipairs(tail) do groups[#groups + 1] = group end
  for i, group in ipairs(groups) do groups[i] = string.match(string.lower(group), "^0*(%x+)$") or "0" end
  return "[" .. table.concat(groups, ":") .. "]"
end

--- Returns a machine in its standard spelling, or nil and why it is invalid.
function web.machine(text)
  local inside = string.match(text, "^%[(.*)%]$")
  if inside then
    if not address.is_ipv6(inside) or string.find(inside, "[%%.]") then
      return nil, string.format("%q is no IPv6 address in plain groups", inside)
    end
    return whole(inside)
  end
  local name = string.gsub(string.lower(text), "%.$", "")
  if name == "" then return nil, "it names no host" end
  if #name > 253 or not string.find(name, "^[%w_][%w_.-]*$") or string.find(name, "..", 1, true) then
    return nil, string.format("%q is not the name of a host", text)
  end
  return name
end

--- Returns machine and port of "name", "name:8443" or "[::1]:80"; port is nil if there is none. Returns nil and the reason if the text is
--- invalid.
function web.place(text)
  local host, port = string.match(text, "^(%[[^%[%]]*%])(.*)$")
  if not host then host, port = string.match(text, "^([^:]*)(.*)$") end
  local machine, why = web.machine(host)
  if not machine then return nil, why end
  if port == "" then return machine end
  local number = math.tointeger(tonumber(string.match(port, "^:([1-9]%d?%d?%d?%d?)$")))
  if not number or number > 65535 then return nil, string.format("%q is no port", string.sub(port, 2)) end
  return machine, number
end

--- Returns whether a path has a part "." or "..", in any spelling.
local function climbs(path)
  local plain = string.gsub(string.lower(path), "%%2e", ".")
  plain = string.gsub(string.gsub(plain, "%%2f", "/"), "%%5c", "/")
  for part in string.gmatch(string.match(plain, "^[^?]*"), "[^/]+") do if part == "." or part == ".." then return true end end
  return false
end

--- Returns the parts of a URL: { scheme, machine, port, rest }, where rest begins with the first / of the path. If the URL is invalid,
--- returns nil and the reason.
function web.parse(url)
  if #url > longest then return nil, string.format("it has more than %d bytes", longest) end
  if string.find(url, "[^!-~]") or string.find(url, "[\\\"<>^`{|}]") then
    return nil, "it has a character that a URL cannot have: write it with % and two digits"
  end
  local scheme, authority, rest = string.match(url, "^(%a+)://([^/?#]*)(.*)$")
  scheme = scheme and string.lower(scheme)
  if not standard[scheme] then return nil, "it does not begin with http:// or https://" end
  if string.find(authority, "@", 1, true) then return nil, "it has a user before its host name: put the login into a header" end
  if string.find(rest, "#", 1, true) then return nil, "it has a # and what follows, which is never sent" end
  local machine, port = web.place(authority)
  if not machine then return nil, port end
  if climbs(rest) then return nil, "its path has a part . or .." end
  if string.sub(rest, 1, 1) ~= "/" then rest = "/" .. rest end
  return { scheme = scheme, machine = machine, port = port or standard[scheme], rest = rest }
end

--- Returns the beginning of a URL: scheme, machine and port. The port is left out if it is the usual one of the scheme.
function web.origin(parts)
  return parts.scheme .. "://" .. parts.machine .. (parts.port ~= standard[parts.scheme] and ":" .. parts.port or "")
end

--- Returns what follows the colon in a capability for a request: "machine:port/METHOD".
function web.reach(parts, method) return parts.machine .. ":" .. parts.port .. "/" .. method end

--- Returns the parts of what a capability names: { machine, port, method }; port and method are nil if they are left out. The machine "*"
--- means every machine, on every port. Returns nil and the reason if the text is invalid.
function web.granted(text)
  local place, method = string.match(text, "^(.-)/([^/]*)$")
  if method and method ~= "GET" and method ~= "POST" then return nil, string.format("%q is neither GET nor POST", method) end
  place = place or text
  if place == "*" then return { machine = "*", method = method } end
  local machine, port = web.place(place)
  if not machine then return nil, port end
  local spelled = machine .. (port and ":" .. port or "")
  if spelled ~= place then return nil, "it is written " .. spelled end
  return { machine = machine, port = port, method = method }
end

--- Returns whether a granted text covers a needed text. Without a port it covers the ports of http and https, and without a method both
--- methods.
function web.covers(granted, needed)
  local own, other = web.granted(granted), web.granted(needed)
  if not own or not other or own.method and own.method ~= other.method then return false end
  if own.machine == "*" then return true end
  if own.machine ~= other.machine then return false end
  return own.port == other.port or not own.port and (other.port == standard.http or other.port == standard.https)
end

return web
