-- template "file": returns a text of the project, with placeholders that are filled in.

local import = ...
local errors, language, near = import "runtime/errors", import "runtime/language", import "runtime/near"
local problems, tables, values = import "runtime/problems", import "runtime/tables", import "runtime/values"
local given = import "reading/given"

language.word {
  name = "template", nature = "pure", phases = { "description" }, gives = "function", takes = "\"file\"",
  summary = "Reads a template from a file of the project, and returns a function. Call the function with a table of values: it returns "
    .. "the text of the file, with the value in place of each {{ name }}. The deployment stores a copy of the file.",
  example = "local vhost = template \"vhost.conf\"\n"
    .. "local function configure(host) host:write(\"/etc/nginx/vhost\", vhost { name = host.name }) end   -- a hook",
}

--- Returns the text in pieces: texts, and { name = … } for each placeholder. Reports a {{ that begins no placeholder.
local function pieces(text, file)
  local list, at = {}, 1
  while true do
    local first, last, name = string.find(text, "{{%s*([%w_]+)%s*}}", at)
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

--- The file and pieces of each template, by the function that fills it.
local templates = {}

--- Raises an error about a placeholder whose value is missing, or is neither a text nor a number.
local function refuse(file, name, value, own)
  if value ~= nil then
    errors.usage(string.format("template %q takes a string or a number for %s, got %s", file, name, values.described(value)))
  end
  errors.usage(string.format("template %q has a place {{ %s }}, and no value was given", file, name),
    near.question(name, tables.keys(own)) or string.format("give it: { %s = … }", name))
end

--- Returns the pieces of a template with its values filled in. secret: returns the pieces of a secret, and nil for another value.
local function filled(one, own, secret)
  if type(own) ~= "table" then
    errors.usage(string.format("the template %q takes a table of values, got %s", one.file, values.described(own)))
  end
  local out = {}
  for _, part in ipairs(one.parts) do
    if type(part) == "string" then out[#out + 1] = part
    else
      local value = own[part.name]
      local hidden = secret and secret(value)
      if hidden then for _, piece in ipairs(hidden) do out[#out + 1] = piece end
      elseif type(value) == "string" or type(value) == "number" then out[#out + 1] = values.as_text(value)
      else refuse(one.file, part.name, value, own) end
    end
  end
  return out
end

language.meaning("template", function(file)
  local one = { file = file, parts = pieces(given.file("template", file, problems.here()) or "", file) }
  local fill = framed(function(own) return table.concat(filled(one, own)) end)
  templates[fill] = one
  return fill
end)

--- of: returns the file and pieces of a template, by its function, or nil if the value is something else.
return { of = function(fill) return fill ~= nil and templates[fill] or nil end, filled = filled }
