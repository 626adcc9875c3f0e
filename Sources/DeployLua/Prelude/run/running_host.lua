-- Hosts as hooks see them: their fields and methods.

local import = ...
local capability, grants = import "runtime/capability", import "runtime/grants"
local language = import "runtime/language"
local rehearsal, tables = import "runtime/rehearsal", import "runtime/tables"
local void, command, file, fleet = import "runtime/void", import "run/command", import "run/file", import "run/fleet"
local service, wait_for = import "run/service", import "run/wait_for"
import "run/filled_file"

local object = language.object {
  name = "host", summary = "A host of the deployment.",
  fields = {
    { "name", "string", "the host's name in the recipe. The slot blue of web1 is named web1/blue" },
    { "slot", "string", "the name of the slot, or nil if the group has no slots" },
    { "address", "string", "the host name or address for connections" },
    { "user", "string", "the login user, or nil if ssh decides" },
    { "port", "integer", "the port of the ssh server, or nil if ssh decides" },
    { "root", "string", "the folder that is put in front of the recipe's path, or nil if there is none" },
    { "tags", "table", "the tags of the host's group, and the host's own tags" },
    { "vars", "table", "the vars of the host's group, and the host's own vars" },
    { "facts", "facts", "what the host reported about itself, or nil if the host was unreachable" },
    { "number", "integer", "the host's position in the list of hosts, from 0" },
    { "release_path", "string", "the folder of the new release, or nil if there is none" },
    { "previous", "string", "the release that the host ran before, or nil if there was none" },
    { "transport", "string", "the name of the host's transport" },
  },
}
local names, known = language.fields_of(object)

local methods = tables.merged(file.methods, { service = service, wait_for = wait_for })
function methods.run(number, given, options) return command.run("host:run", number, given, options, false) end
function methods.try(number, given, options) return command.run("host:try", number, given, options, true) end

local needs = {}
for word, needed in pairs(capability.needs) do
  local name = string.match(word, "^host:(.*)$")
  if name and name ~= "wait_for" then needs[name] = needed end
end
--- The methods that have a path of the engine's machine as their first or second argument, with the capability for it.
local of_this_machine = { upload = "local.read:", download = "local.write:" }

--- Returns whether the grants of the plugin that has the handle cover a call.
local function may(plugin, name, first, second)
  if not plugin then return true end
  local word, path = "host:" .. name, first
  if name == "download" then path = second end
  if needs[name] and not grants.may(plugin, needs[name], word) then return false end
  local kind = of_this_machine[name]
  return not kind or type(path) ~= "string" or grants.may(plugin, kind .. path, word)
end

local callable = {}
for name, method in pairs(methods) do
  local subject, fix = "what stands before :" .. name, string.format("write it with a colon: host:%s(…), not host.%s(…)", name, name)
  callable[name] = framed(function(self, ...)
    local number = fleet.number(subject, self, fix)
    if number == void then return void end
    local plugin = fleet.plugin(self)
    if not may(plugin, name, ...) then return void end
    if name == "wait_for" then return wait_for(number, (...), plugin) end
    return method(number, ...)
  end)
end

fleet.kind.__index = function(self, key)
  local method = callable[key]
  if method then return method end
  local inside, _, number = payload(self)
  if key == "number" then return number end
  rehearsal.doubt_field(key)
  if known[key] then return inside[key] end
  return rehearsal.misnamed(string.format("a host has no %s", tostring(key)), key, tables.joined(names, tables.keys(methods)))
end
fleet.kind.__tostring = function(self) return payload(self).name end
