-- Asks and changes HAProxy on one balancer, through its runtime socket. Every command sets a state, so it does no harm to repeat it.

-- Arguments: the socket, the commands. The first of these tools that exists speaks to the socket.
local speak = [[
[ -S "$1" ] || { echo "there is no socket $1: say stats socket $1 level admin in the global section of haproxy.cfg" >&2; exit 44; }
[ -w "$1" ] || { echo "$(id -un) may not write to $1: give its user to the plugin, or let the login user write to it" >&2; exit 45; }
if command -v socat >/dev/null 2>&1; then
  printf '%s\n' "$2" | socat -t 10 - "UNIX-CONNECT:$1"
elif command -v perl >/dev/null 2>&1; then
  perl -MSocket -e 'alarm 15; my $s; socket($s, PF_UNIX, SOCK_STREAM, 0) && connect($s, sockaddr_un($ARGV[0])) or die "$ARGV[0]: $!\n";
    syswrite($s, "$ARGV[1]\n"); print while <$s>' "$1" "$2"
elif command -v python3 >/dev/null 2>&1; then
  python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.settimeout(15); s.connect(sys.argv[1]); s.sendall((sys.argv[2] + "\n").encode())
while True:
  got = s.recv(65536)
  if not got: break
  sys.stdout.buffer.write(got)' "$1" "$2"
else
  echo "it needs socat, perl or python3 to speak to $1" >&2; exit 44
fi]]

-- Bits of srv_admin_state, which say why a server gets no new connections. `disabled` in the configuration sets maintenance too, and stays.
local maintenance, disabled, draining = 0x01, 0x04, 0x08
local out = maintenance | 0x02 | draining | 0x10 | 0x20
local running = 2 -- srv_op_state

local balancer = {}
balancer.__index = balancer

local runtime = {}

--- Returns HAProxy on a host. own: the plugin's options.
function runtime.of(host, own) return setmetatable({ host = host, own = own }, balancer) end

--- Reads lines of "show servers state", and returns a table for each server, by its name.
local function states(text)
  local columns, servers = {}, {}
  for line in text:gmatch "[^\n]+" do
    local words = {}
    for word in line:gmatch "%S+" do words[#words + 1] = word end
    if words[1] == "#" then
      for i = 2, #words do columns[words[i]] = i - 1 end
    elseif columns.srv_name and #words >= #columns and words[columns.srv_name] and tonumber(words[columns.srv_op_state]) then
      servers[words[columns.srv_name]] = {
        op = tonumber(words[columns.srv_op_state]), admin = tonumber(words[columns.srv_admin_state]),
        weight = tonumber(words[columns.srv_uweight]),
      }
    end
  end
  return servers
end

--- Adds the number of sessions to the servers, from lines of "show stat".
local function add_sessions(text, backend, servers)
  for line in text:gmatch "[^\n]+" do
    local proxy, name, queued, _, sessions = line:match "^([^,]*),([^,]*),(%d*),(%d*),(%d*),"
    if proxy == backend and servers[name] then servers[name].sessions = tonumber(sessions) + (tonumber(queued) or 0) end
  end
end

--- Returns what a rehearsal uses as the answer: the servers as they are wanted.
local function foretold(backend, wanted)
  local lines = { "1", "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight" }
  for name, server in pairs(wanted) do
    lines[#lines + 1] = string.format("1 %s 1 %s - 2 %d %d", backend, name, server.admin or 0, server.weight or 1)
    lines[#lines + 1] = string.format("%s,%s,0,0,0,0,", backend, name)
  end
  return table.concat(lines, "\n")
end

--- Gives commands, and returns the servers of the backend as they are afterwards. wanted: these servers in a rehearsal.
function balancer:ask(commands, wanted)
  local backend = self.own.backend
  local list = table.concat(commands, ";") .. (#commands > 0 and ";" or "")
  list = list .. "show servers state " .. backend .. ";show stat " .. backend .. " 4 -1"
  local text = self.host:run({ "sh", "-c", speak, "haproxy", self.own.socket, list },
    { user = self.own.user, timeout = "30s", on_lost = "repeat", rehearse = foretold(backend, wanted) }).stdout
  local servers = states(text)
  add_sessions(text, backend, servers)
  if next(servers) == nil then
    fail("HAProxy on %s has no servers of backend %s: %s", self.host, backend, text:match "%S[^\n]*" or "it said nothing")
  end
  return servers, text
end

--- Gives commands, and returns one server as it is afterwards. Raises an error if there is no server of that name.
function balancer:server(name, commands, wanted)
  local servers, text = self:ask(commands, { [name] = wanted })
  if servers[name] then return servers[name], text end
  local names = {}
  for other in pairs(servers) do names[#names + 1] = other end
  table.sort(names)
  return fail("backend %s of HAProxy on %s has no server %s; it has %s", self.own.backend, self.host, name, table.concat(names, ", "))
end

function balancer:path(name) return self.own.backend .. "/" .. name end

--- Returns what HAProxy said about a command that it did not carry out.
local function reason(text) return (text:match "^%s*([^\n]*)" or "") end

--- Returns whether a person put a server into maintenance. HAProxy forgets that if the server is set to another state.
local function is_kept_out(server) return server.admin & maintenance ~= 0 and server.admin & disabled == 0 end

--- Stops new connections to a server, and waits until those that it has are closed. A server that a person took out already gets no new
--- ones.
function balancer:drain(name)
  local server, text = self:server(name, {}, {})
  if not is_kept_out(server) then
    server, text = self:server(name, { "set server " .. self:path(name) .. " state drain" }, { admin = draining })
  end
  local function is_out() return server.admin & out ~= 0 end
  if not is_out() then
    fail("HAProxy on %s did not take %s out: %s", self.host, self:path(name), reason(text))
  end
  -- Each check is a command in the journal, so the checks are frequent only at first, and then come each second.
  local began, spent = "200ms", 0
  while (server.sessions or 0) > 0 do
    if spent >= runtime.milliseconds(self.own.drain) then return self:late(name, server.sessions) end
    sleep(began)
    spent = spent + (began == "200ms" and 200 or 1000)
    if spent >= 1000 then began = "1s" end
    server = self:server(name, {}, { admin = draining })
    if not is_out() then
      fail("somebody brought %s of HAProxy on %s back while it was to drain", self:path(name), self.host)
    end
  end
end

--- Does what the option `late` says, because connections did not end in time.
function balancer:late(name, sessions)
  local found = string.format("%s of HAProxy on %s still has %d connections after %s", self:path(name), self.host, sessions, self.own.drain)
  if self.own.late == "fail" then fail("%s", found) end
  log.warn("%s: %s", found, self.own.late == "close" and "they are closed" or "the host is stopped all the same")
  if self.own.late == "close" then
    self:server(name, { "shutdown sessions server " .. self:path(name) }, { admin = draining })
  end
end

--- Gives a server its connections again, and waits until HAProxy reports it as up. A server that a person put into maintenance stays there.
function balancer:attach(name)
  local before = self:server(name, {}, { admin = draining })
  if is_kept_out(before) then
    return log.warn("%s of HAProxy on %s is in maintenance, and stays there: somebody took it out", self:path(name), self.host)
  end
  local server, text = self:server(name, { "set server " .. self:path(name) .. " state ready" }, {})
  if server.admin & out ~= 0 then
    fail("HAProxy on %s did not bring %s back: %s", self.host, self:path(name), reason(text))
  end
  local spent = 0
  while server.op ~= running do
    if spent >= runtime.milliseconds(self.own.up) then
      fail("HAProxy on %s does not call %s up after %s: its health check fails", self.host, self:path(name), self.own.up)
    end
    sleep "500ms"
    spent = spent + 500
    server = self:server(name, {}, {})
  end
end

--- Returns the milliseconds of a duration such as "30s" or "1m30s".
function runtime.milliseconds(text)
  if type(text) == "number" then return math.floor(text * 1000) end
  local units, sum = { ms = 1, s = 1000, m = 60000, h = 3600000, d = 86400000 }, 0
  for count, unit in text:gmatch "([%d.]+)%s*(%a+)" do sum = sum + tonumber(count) * (units[unit] or 0) end
  return sum
end

return runtime
