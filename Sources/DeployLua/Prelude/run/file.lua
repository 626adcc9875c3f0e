-- Methods for files of hosts: read, exists, write, link, upload and download.

local import = ...
local errors, language, rehearsal = import "runtime/errors", import "runtime/language", import "runtime/rehearsal"
local fields, log, operation, result = import "types/fields", import "run/log", import "run/operation", import "run/result"
local path_of, inside = operation.path, operation.inside

local file = { methods = {} }
local methods = file.methods
local standard = 1048576  -- the number of bytes that are read if the recipe gives no limit
local longest = 8 << 20   -- the limit of any text, in bytes

local timeout = { "timeout", "time", "the longest time that the call may take" }

language.word {
  name = "host:read", nature = "probe", phases = { "run" }, gives = "string", takes = "path, { … }", summary = "Returns the content of a "
    .. "file on the host.",
  errors = { "missing", "notPermitted", "timeout", "unreachable" },
  example = "local system = host:read \"/etc/os-release\"",
  fields = {
    timeout, { "default", "any", "what the call returns if the file does not exist" },
    { "limit", "positive", "the largest size of the file in bytes", default = "1 MiB" },
    { "rehearse", "string", "the text of the file that a rehearsal assumes" },
  },
}
language.word {
  name = "here:read", nature = "probe", phases = { "run" }, gives = "string", takes = "path, { … }",
  summary = "Returns the content of a file on the engine's machine.", example = "local version = here:read \"VERSION\"",
  errors = { "missing", "notPermitted" },
  fields = language.words["host:read"].fields,
}

--- number: the host's number, or nil for the engine's machine.
function file.read(method, number, path, given)
  path = path_of(method, path)
  local options = fields.options("host:read", given)
  if options.limit and options.limit > longest then
    return rehearsal.complain(string.format("%s: limit is at most 8 MB (%d), got %d", method, longest, options.limit),
      "bring larger files with host:download, or let the host look into them: host:run")
  end
  local answer = operation.ask { op = "read", host = number, timeout = options.timeout, path = path, limit = options.limit or standard }
  local known, value = result.foretold(answer, options.rehearse, options.default)
  if known then return value end
  if not answer.failure then return answer.value end
  if answer.failure.kind == "missing" and options.default ~= nil then return options.default end
  return operation.failed(number, answer.failure)
end

function methods.read(number, path, options) return file.read("host:read", number, path, options) end

language.word {
  name = "host:exists", nature = "probe", phases = { "run" }, gives = "boolean", takes = "path, { … }",
  summary = "Returns whether a path exists on the host.",
  example = "local is_there = host:exists \"config/local.env\"",
  errors = { "timeout", "unreachable" },
  fields = { timeout, { "rehearse", "boolean", "the answer that a rehearsal assumes" } },
}

function methods.exists(number, path, given)
  local options = fields.options("host:exists", given)
  local answer = operation.ask { op = "exists", host = number, timeout = options.timeout, path = path_of("host:exists", path) }
  local known, value = result.foretold(answer, options.rehearse)
  if known then return value end
  if not answer.failure then return answer.value == true end
  return operation.failed(number, answer.failure)
end

language.word {
  name = "host:write", nature = "effect", phases = { "run" }, gives = "nothing", takes = "path, text, { … }",
  summary = "Writes a file on the host, completely or not at all.",
  errors = { "notPermitted", "noSpace", "timeout", "unreachable" },
  example = "host:write(\"config/port\", \"8080\\n\", { mode = \"0640\" })",
  fields = { timeout, { "mode", "mode", "the permission bits of the file" },
  { "owner", "owner", "the owner of the file: a user, or \"user:group\"" } },
}

--- Refuses a mode with which everybody could read a secret. Warns about a mode with which a group could read it.
local function review(word, path, mode)
  if mode and mode & 7 ~= 0 then
    errors.usage(string.format("%s: with mode %04o everybody on the host could read the secret in %s", word, mode, tostring(path)),
      'leave out mode (it is 0600 then), and name who needs it: owner = "user"')
  elseif mode and mode & 56 ~= 0 then
    log.say("warn", string.format("%s: with mode %04o a whole group can read the secret in %s", word, mode, tostring(path)))
  end
end

--- Writes what a word was given. content: a text, or the pieces of a secret.
function file.put(word, number, path, content, given)
  local options = fields.options(word, given)
  if type(content) == "table" then review(word, path, options.mode) end
  operation.done { op = "write", host = number, timeout = options.timeout, path = inside(word, path), content = content,
    mode = options.mode, owner = options.owner }
end

function methods.write(number, path, text, given)
  file.put("host:write", number, path, operation.text("host:write: text", text or "") or "", given)
end

language.word {
  name = "host:link", nature = "effect", phases = { "run" }, gives = "nothing", takes = "target, path",
  summary = "Makes a symbolic link, or changes the target of an existing link.",
  errors = { "notPermitted", "timeout", "unreachable" },
  example = "host:link(\"/srv/shop/shared/log\", \"log\")",
}

function methods.link(number, target, path)
  operation.done { op = "link", host = number, target = path_of("host:link", target), path = inside("host:link", path) }
end

language.word {
  name = "host:upload", nature = "effect", phases = { "run" }, gives = "nothing", takes = "from, to, { … }",
  summary = "Copies a file or folder from the engine's machine to the host.",
  errors = { "missing", "notPermitted", "noSpace", "timeout", "unreachable" },
  example = "host:upload(\"certs/ca.pem\", \"etc/ca.pem\")",
  fields = { timeout },
}
language.word {
  name = "host:download", nature = "effect", phases = { "run" }, gives = "nothing", takes = "from, to, { … }",
  summary = "Copies a file from the host to the engine's machine.",
  errors = { "missing", "notPermitted", "noSpace", "timeout", "unreachable" },
  example = "host:download(\"log/build.txt\", \"out/build.txt\")",
  fields = { timeout },
}

for _, op in ipairs { "upload", "download" } do
  local method = "host:" .. op
  methods[op] = function(number, from, to, given)
    operation.done { op = op, host = number, timeout = fields.options(method, given).timeout, source = path_of(method, from),
      target = (op == "upload" and inside or path_of)(method, to) }
  end
end

return file
