-- template "file": returns a text of the project, with placeholders that are filled in.

local import = ...
local errors, language, near = import "runtime/errors", import "runtime/language", import "runtime/near"
local problems, tables, values = import "runtime/problems", import "runtime/tables", import "runtime/values"
local given = import "reading/given"

language.word {
  name = "template", nature = "pure", phases = { "description" }, takes = "\"file\"",
  summary = "A function that gives a file's text with each {{ name }} replaced by that value. The file is kept with the deployment.",
  example = "local vhost = template \"vhost.conf\"\n"
    .. "local function configure(host) host:write(\"/etc/nginx/vhost\", vhost { name = host.name }) end   -- a hook",
}

--- Returns the text in pieces: texts, and { name = … } for each placeholder. Reports a {{ that begins no placeholder.
local function pieces(text, file)
  local list, at = {}, 1
  while true do
    local first, last, name = string.find(text, "{{%s*([%w_]*)%s*}}", at)
    local open = string.find(text, "{{", at, true)
    if open and open ~= first then
      local _, line = string.gsub(string.sub(text, 1, open), "\n", "")
      problems.add("template: {{ begins a place that has no name, or no }}", "write {{ name }}, with letters, digits and _",
        { file = file, line = line + 1 })
      return list
    end
    list[#list + 1] = string.sub(text, at, (first or #text + 1) - 1)
    if not first then return list end
    list[#list + 1] = { name = name }
    at = last + 1
  end
end

--- Raises the error about a placeholder whose value is missing or is no text.
local function refuse(file, name, value, own)
  if value ~= nil then
    errors.usage(string.format("template %q takes a text or a number for %s, got %s", file, name, values.described(value)),
      "a secret goes into a file by host:write and secret.format")
  end
  errors.usage(string.format("template %q has a place {{ %s }}, and no value was given", file, name),
    near.question(name, tables.keys(own)) or string.format("give it: { %s = … }", name))
end

language.meaning("template", function(file)
  local parts = pieces(given.file("template", file, problems.here()) or "", file)
  return framed(function(own)
    if type(own) ~= "table" then
      errors.usage(string.format("the template %q takes a table of values, got %s", file, values.described(own)))
    end
    local filled = {}
    for i, part in ipairs(parts) do
      local value = part
      if type(part) == "table" then
        value = own[part.name]
        if type(value) ~= "string" and type(value) ~= "number" then refuse(file, part.name, value, own) end
      end
      filled[i] = value
    end
    return table.concat(filled)
  end)
end)
