-- plugin.lua: a plugin's manifest, data only.

local import = ...
local language, problems, fields = import "runtime/language", import "runtime/problems", import "types/fields"

local plugin = {}

language.word {
  name = "plugin", nature = "pure", phases = { "description" }, takes = "return { … } in plugin.lua",
  summary = "A plugin's manifest: data only.",
  example = "return { name = \"http_check\", version = \"1.0.0\", api = 1 }",
  fields = {
    { "name", "name", "the plugin's folder", required = true }, { "version", "name", "of the plugin, as in 1.2.0", required = true },
    { "api", "positive", "the API level it is written for", required = true }, { "summary", "string", "one sentence" },
    { "license", "string", "an SPDX name" }, { "main", "string", "the file that require reads; init.lua" },
    { "capabilities", "strings", "what it wants to reach" }, { "dependencies", "record", "plugins it requires" },
  },
}

--- Reads the manifest of the plugin in plugins/NAME.
function plugin.read(name, path, text)
  local good, manifest = pcall(data, text, "@" .. path)
  local at = { file = path, line = 1 }
  if not good then
    local message = type(manifest) == "table" and manifest.message or tostring(manifest)
    return problems.add(string.format("plugin %q: %s", name, message), "plugin.lua holds data only: return { name = … }", at)
  end
  local own = fields.read("plugin.lua of " .. name, "plugin", manifest, at)
  if own.api and own.api > language.api then
    problems.add(string.format("plugin %q needs API %d, this lander has %d", name, own.api, language.api), "install a newer lander", at)
  end
  if own.name and own.name ~= name then
    problems.add(string.format("the plugin in plugins/%s calls itself %q", name, own.name), nil, problems.at_field(at, "name"))
  end
end

return plugin
