-- host:template: writes a template of the project, with its values, to a file of a host.

local import = ...
local errors, language, values = import "runtime/errors", import "runtime/language", import "runtime/values"
local file, secret = import "run/file", import "run/secret"
local operation, template = import "run/operation", import "words/template"

language.word {
  name = "host:template", nature = "effect", phases = { "run" }, gives = "nothing", takes = "path, template, values, { … }",
  optional = { "values" },
  summary = "Puts values into a template, and writes the result to a file, completely or not at all. If a value is a secret, the file has "
    .. "mode 0600.",
  errors = { "notPermitted", "noSpace", "timeout", "unreachable" },
  example = "local conf = template \"app.conf\"\n"
    .. "local function configure(host) host:template(\"app.conf\", conf, { port = 80, password = secret \"DB\" }) end   -- a hook",
  fields = language.words["host:write"].fields,
}

--- Refuses bytes that would not reach the host unchanged.
local function checked(pieces)
  for _, piece in ipairs(pieces) do if type(piece) == "string" then operation.text("host:template: the filled text", piece) end end
  return pieces
end

--- Returns the texts of a list as one text. If the list contains anything else, returns the list.
local function joined(pieces)
  for _, piece in ipairs(pieces) do if type(piece) ~= "string" then return pieces end end
  return table.concat(pieces)
end

function file.methods.template(number, path, fill, own, given)
  local one = template.of(fill)
  if not one then
    errors.usage("host:template takes what template \"file\" gives, got " .. values.described(fill),
      "at the top of the file: local conf = template \"app.conf\"")
  end
  local pieces = template.filled(one, values.plain(own) or {}, function(value) return values.is(value, secret.kind) end)
  file.put("host:template", number, path, joined(checked(pieces)), given)
end
