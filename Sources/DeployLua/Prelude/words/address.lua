-- Reads the name or the address of a machine, with its user and port, from one text.

local import = ...
local problems, values = import "runtime/problems", import "runtime/values"

local address = {}

--- Returns the number of groups in a part of an IPv6 address, or nil if one of them is not a group.
local function groups(part)
  local count = 0
  if part == "" then return 0 end
  for group in string.gmatch(part .. ":", "([^:]*):") do
    if not string.find(group, "^%x%x?%x?%x?$") then return nil end
    count = count + 1
  end
  return count
end

--- Returns whether a text is an IPv6 address, with or without a zone (fe80::1%eth0).
function address.is_ipv6(text)
  if #text > 100 or not string.find(text, ":", 1, true) then return false end
  local plain, zone = string.match(text, "^([^%%]*)(.*)$")
  if zone ~= "" and not string.find(zone, "^%%[%w%._%-]+$") then return false end
  local four = string.match(plain, ":(%d+%.%d+%.%d+%.%d+)$")
  if four then
    for number in string.gmatch(four, "%d+") do if tonumber(number) > 255 then return false end end
    plain = string.sub(plain, 1, #plain - #four) .. "0:0"
  end
  local left, right = string.match(plain, "^(.-)::(.*)$")
  if not left then return groups(plain) == 8 end
  local before, after = groups(left), groups(right)
  return before ~= nil and after ~= nil and before + after <= 7
end

function address.is_machine(text) return string.find(text, "^[%w_][%w%._%-]*$") ~= nil or address.is_ipv6(text) end

--- Returns user, machine and port of "ssh://user@name:22/", "[fd77::11]:22", "fd77::11" or "name". Blanks around the text are ignored.
function address.parts(text)
  local rest = string.match(text, "^%s*(.-)%s*$")
  rest = string.match(rest, "^[sS][sS][hH]://(.-)/?$") or rest
  local user, after = string.match(rest, "^([^@]+)@(.+)$")
  rest = after or rest
  local inside, port = string.match(rest, "^%[([^%[%]]*:[^%[%]]*)%]:(%d+)$")
  inside = inside or string.match(rest, "^%[([^%[%]]*:[^%[%]]*)%]$")
  if inside then return user, inside, port end
  if address.is_ipv6(rest) then return user, rest end
  local name
  name, port = string.match(rest, "^([^:]*):(%d+)$")
  return user, name or rest, port
end

--- Returns a port as a number, or nil if there is none or a problem was noted.
function address.port(text, port, place)
  if not port then return nil end
  local number = math.tointeger(tonumber(port))
  if number and number >= 1 and number <= 65535 then return number end
  problems.add(string.format("%s has the port %s, and ports are from 1 to 65535", values.described(text), port), nil, place)
end

--- Returns what the field `address` of a host contains: address, user and port. Transports other than ssh have addresses of their own form.
function address.of(name, own, is_ssh, place)
  if not own.address or not is_ssh then return { address = own.address } end
  local user, machine, port = address.parts(own.address)
  local at = problems.at_field(place, "address")
  if not address.is_machine(machine) then
    problems.add(string.format("address of host %q is %s, which is neither a name nor an address", name, values.described(own.address)),
      'as in "web1.example.com", "10.0.3.25", "fd77::11" or "[fd77::11]:22"', at)
    return {}
  end
  local number = address.port(own.address, port, at)
  if number and own.port and own.port ~= number then
    problems.add(string.format("host %q has two ports: %d in its address, and port = %d", name, number, own.port), "keep one", at)
  end
  if user and own.user and own.user ~= user then
    problems.add(string.format("host %q has two users: %s in its address, and user = %q", name, user, own.user), "keep one", at)
  end
  return { address = machine, user = user, port = number }
end

return address
