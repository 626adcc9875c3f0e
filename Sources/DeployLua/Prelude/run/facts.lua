-- host.facts: what a host said about itself. A test can set the same fields.

local import = ...
local language, rehearsal = import "runtime/language", import "runtime/rehearsal"

local facts = {}

--- The fields. absent: the field can be nil.
facts.object = language.object {
  name = "facts", summary = "What a host reported about itself when the deployment was planned. The field host.facts has this object.",
  fields = {
    { "shell", "string", "the program that runs as sh, such as dash, bash or busybox" }, { "user", "string", "the login user" },
    { "home", "string", "the login user's home folder" },
    { "distribution", "string", "ID in /etc/os-release, such as debian, or nil if there is no ID", absent = true },
    { "version", "string", "VERSION_ID in /etc/os-release, such as 12, or nil if there is no VERSION_ID", absent = true },
    { "kernel", "string", "the kernel's release, as uname -r prints it" },
    { "architecture", "string", "the architecture, as uname -m prints it, such as x86_64 or aarch64" },
    { "processors", "count", "the number of processors that the login shell is allowed to use" },
    { "memory_bytes", "count", "physical memory in bytes, or nil if the host does not report it", absent = true },
    { "free_bytes", "count", "free space in bytes on the disk that has the recipe's path" },
    { "addresses", "strings", "IPv4 addresses, followed by global IPv6 addresses. There are at most 64, without loopback addresses" },
    { "init", "string", "systemd, openrc or the name of process 1, or nil if the host does not report it", absent = true },
    { "tools", "strings", "names of optional programs that are installed on the host, such as curl, sudo and systemctl" },
  },
}
local names, known = language.fields_of(facts.object)
facts.names, facts.known = names, known

-- Otherwise a misspelt fact would be nil, like a fact that the host does not have. json.encode also asks for keys that are not strings.
local meta = { __metatable = false, __index = function(_, key)
  if type(key) ~= "string" or known[key] then return nil end
  return rehearsal.misnamed(string.format("host.facts has no %s", key), key, names)
end }

--- Makes the facts of a host refuse unknown names. Nil stays nil.
function facts.strict(table_) return table_ and setmetatable(table_, meta) end

return facts
