-- What stands for a machine: names, addresses, users and ports in one text.

--- The number of groups of an IPv6 address' part; nil if one is no group.
local function groups(part)
  local count = 0
  if part == "" then return 0 end
  for group in string.gmatch(part .. ":", "([^:]*):") do
    if not string.find(group, "^%x%x?%x?%x?$") then return nil end
    count = count + 1
  end
  return count
end

--- Whether a text is an IPv6 address, with or without a zone (fe80::1%eth0).
function is_ipv6(text)
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

--- User, machine and port of "ssh://user@name:22/", "[fd77::11]:22", "fd77::11" or "name"; blanks around it do not count.
function address_parts(text)
  local rest = string.match(text, "^%s*(.-)%s*$")
  rest = string.match(rest, "^[sS][sS][hH]://(.-)/?$") or rest
  local user, after = string.match(rest, "^([^@]+)@(.+)$")
  rest = after or rest
  local inside, port = string.match(rest, "^%[([^%[%]]*:[^%[%]]*)%]:(%d+)$")
  inside = inside or string.match(rest, "^%[([^%[%]]*:[^%[%]]*)%]$")
  if inside then return user, inside, port end
  if is_ipv6(rest) then return user, rest end
  local name
  name, port = string.match(rest, "^([^:]*):(%d+)$")
  return user, name or rest, port
end

--- A port as a number; takes down one that is none.
function port_number(text, port, place)
  if not port then return nil end
  local number = math.tointeger(tonumber(port))
  if number and number >= 1 and number <= 65535 then return number end
  problem(string.format("%s has the port %s, and ports are from 1 to 65535", described(text), port), nil, place)
end

--- What `address` says: address, user and port. Other transports than ssh have addresses of their own kind.
function address_of(definition, own, is_ssh, place)
  if not own.address or not is_ssh then return { address = own.address } end
  local user, machine, port = address_parts(own.address)
  local at = at_field(place, "address")
  if not string.find(machine, "^[%w_][%w%._%-]*$") and not is_ipv6(machine) then
    problem(string.format("address of host %q is %s, which is neither a name nor an address", definition.name, described(own.address)),
      'as in "web1.example.com", "10.0.3.25", "fd77::11" or "[fd77::11]:22"', at)
    return {}
  end
  local number = port_number(own.address, port, at)
  if number and own.port and own.port ~= number then
    problem(string.format("host %q has two ports: %d in its address, and port = %d", definition.name, number, own.port), "keep one", at)
  end
  if user and own.user and own.user ~= user then
    problem(string.format("host %q has two users: %s in its address, and user = %q", definition.name, user, own.user), "keep one", at)
  end
  return { address = machine, user = user, port = number }
end
