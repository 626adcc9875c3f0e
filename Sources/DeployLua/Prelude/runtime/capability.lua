-- Capabilities are names for what a plugin is allowed to reach. A manifest asks for them, and deploy.lua grants them.

local import = ...
local near, web = import "runtime/near", import "types/web_address"

local capability = {}

--- The capabilities that have no parameter, each with its purpose.
capability.plain = {
  { "approval", "ask people for approval: rollout:approve" },
  { "host.check", "check whether a host answers: host:wait_for with http or port" },
  { "host.read", "read files of hosts: host:read, host:exists" },
  { "host.run", "run commands on hosts: host:run, host:try" },
  { "host.service", "control services of hosts: host:service" },
  { "host.upload", "send files to hosts: host:upload. For the files themselves, the plugin also needs local.read" },
  { "host.write", "write files on hosts: host:write, host:template, host:link" },
}
--- The capabilities whose parameter says what they reach.
capability.named = {
  { "http", "HOST[:PORT][/METHOD]", "send requests to a server: http.get and http.post. Without a port, the capability allows the "
    .. "standard ports of http and https" },
  { "local.exec", "PROGRAM", "run a program on the engine's machine. The program of a command that is a single string is sh" },
  { "local.read", "PATH", "read a file on the engine's machine, or all files of a folder if the path ends in /" },
  { "local.write", "PATH", "write a file on the engine's machine, or all files of a folder if the path ends in /: host:download" },
  { "secret", "NAME", "use the handle of a secret" },
}

--- The capability that each word needs in a plugin with grants. … stands for a part of the call.
capability.needs = {
  ["host:run"] = "host.run", ["host:try"] = "host.run", ["host:read"] = "host.read", ["host:exists"] = "host.read",
  ["host:write"] = "host.write", ["host:template"] = "host.write", ["host:link"] = "host.write",
  ["host:upload"] = "host.upload", ["host:download"] = "host.read",
  ["host:service"] = "host.service", ["host:wait_for"] = "host.check",
  ["here:run"] = "local.exec:…", ["here:try"] = "local.exec:…", ["here:read"] = "local.read:…",
  ["rollout:approve"] = "approval", ["secret"] = "secret:…", ["secret.format"] = "secret:…",
}

local kinds, names = {}, {}
for _, one in ipairs(capability.plain) do
  kinds[one[1]], names[#names + 1] = "plain", one[1]
end
for _, one in ipairs(capability.named) do
  kinds[one[1]], names[#names + 1] = "named", one[1] .. ":" .. one[2]
end

--- Returns whether a path leads exactly where it says: it has no ".." and no control character.
local function is_straight(path)
  return not string.find("/" .. path .. "/", "/../", 1, true) and not string.find(path, "%c")
end

--- Returns what is wrong with the text of a capability, and what to do, or nil if nothing is wrong.
function capability.fault(text)
  if type(text) ~= "string" then return "a capability is a string such as \"host.run\"" end
  if kinds[text] == "plain" then return nil end
  local kind, what = string.match(text, "^([^:]*):(.*)$")
  if kinds[text] == "named" then
    return string.format("%q does not say which one", text), string.format("write \"%s:…\"", text)
  end
  if not kind or kinds[kind] ~= "named" then
    return string.format("there is no capability %q", text), near.question(kind or text, names, "%q")
      or "there are " .. table.concat(names, ", ")
  end
  if what == "" or #what > 500 or not is_straight(what) or string.find(what, "^%s") or string.find(what, "%s$") then
    return string.format("%q names nothing that could be reached", text), "write the name or the path after the colon, without .."
  end
  if kind == "http" then
    local good, why = web.granted(what)
    if not good then return string.format("%q names no server: %s", text, why), "as in \"http:api.example.com:8443/GET\"" end
  end
  return nil
end

--- Returns whether a granted capability covers one that is needed.
function capability.covers(granted, needed)
  if granted == needed then return true end
  local server, asked = string.match(granted, "^http:(.*)$"), string.match(needed, "^http:(.*)$")
  if server and asked then return web.covers(server, asked) end
  local kind, folder = string.match(granted, "^(local%.%a+):(.*/)$")
  if not kind or kind == "local.exec" then return false end
  local path = string.match(needed, "^" .. string.gsub(kind, "%.", "%%.") .. ":(.*)$")
  return path ~= nil and is_straight(path) and string.sub(path, 1, #folder) == folder
end

return capability
