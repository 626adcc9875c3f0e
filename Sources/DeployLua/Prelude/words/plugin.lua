-- plugin.lua: the manifest of a plugin, which is only data.

local import = ...
local capability, grants, language = import "runtime/capability", import "runtime/grants", import "runtime/language"
local near, problems, tables = import "runtime/near", import "runtime/problems", import "runtime/tables"
local values = import "runtime/values"
local fields, types = import "types/fields", import "types/types"
import "types/version"

local plugin = {}

language.word {
  name = "plugin", nature = "pure", phases = { "description" }, takes = "return { … } in plugin.lua",
  summary = "The manifest of a plugin: a table of data.",
  example = "return { name = \"http_check\", version = \"1.0.0\", api = 1, capabilities = { \"host.check\" } }",
  fields = {
    { "name", "name", "the plugin's name, which is also the name of its folder: letters, digits, _ and -", required = true },
    { "version", "version", "the plugin's version, such as 1.2.0", required = true },
    { "api", "positive", "the level of the recipe language that the plugin needs", required = true },
    { "summary", "string", "one sentence" },
    { "license", "string", "its licence, as an SPDX identifier" }, { "main", "module", "the file that require "
      .. "reads", default = "\"init.lua\"" },
    { "capabilities", "strings", "everything that the plugin asks to reach. If a plugin of the project itself does not have this field, "
      .. "it is allowed to reach everything" },
    { "dependencies", "table", "the plugins that this plugin requires: { name = \"^1.2\" } or { name = { source = \"URL\", version = "
      .. "\"^1.2\" } }" },
    { "options", "table",
      "the options of the plugin, by name: { name = { kind = \"string\", required = true } }. The plugin checks given options with "
        .. "options(given)" },
  },
}
language.word {
  name = "plugin.dependency", nature = "pure", phases = { "description" }, takes = "name = { … }",
  summary = "Describes a plugin that this plugin requires.",
  example = "dependencies = { chat = { source = \"https://git.example.com/chat.git\", version = \"^1.2\" } }",
  fields = {
    { "version", "range", "the range of accepted versions", required = true },
    { "source", "name", "the place from which Lander gets the plugin if the project has no plugin of this name: a URL, or an absolute "
      .. "path" },
  },
}

local function is_name(text) return type(text) == "string" and string.match(text, "^[%w_][%w_%-]*$") ~= nil and #text <= 100 end

--- Returns the valid capabilities of a list, and reports each that is not valid.
local function read_capabilities(list, subject, at)
  local good, seen = {}, {}
  for _, one in ipairs(list) do
    local message, fix = capability.fault(one)
    if message then problems.add("capabilities of " .. subject .. ": " .. message, fix, problems.at_field(at, "capabilities")) end
    if not message and not seen[one] then good[#good + 1], seen[one] = one, true end
  end
  table.sort(good)
  return good
end

--- Returns the dependencies by name: { version, source }.
local function read_dependencies(given, subject, at)
  local result, place = {}, problems.at_field(at, "dependencies")
  for name, one in pairs(given) do
    if not is_name(name) then
      problems.add(string.format("dependencies of %s names %s, which is no name of a plugin", subject, values.described(name)),
        "write dependencies = { name = \"^1.2\" }", place)
    else
      local own = fields.read(string.format("dependency %q of %s", name, subject), "plugin.dependency",
        type(one) == "string" and { version = one } or one, place)
      if own.source and not string.find(own.source, "^%a[%w+.%-]*:") and not string.find(own.source, "^/") and not
        string.find(own.source, "^[%w_.%-]+@[%w_.%-]+:") then
        problems.add(string.format("dependency %q of %s has a relative source, and nobody knows relative to which folder", name, subject),
          "write a URL or an absolute path", place)
      end
      result[name] = own
    end
  end
  return result
end

--- Returns the valid options, each { kind, options }, and reports what is wrong.
local function read_options(given, subject, at)
  local result, place, kinds = {}, problems.at_field(at, "options"), {}
  for name in pairs(language.words) do kinds[#kinds + 1] = string.match(name, "^schema%.(%a+)$") end
  for name, one in pairs(given) do
    local what = string.format("option %s of %s", values.described(name), subject)
    local kind = type(one) == "table" and one.kind
    if type(name) ~= "string" or not language.words["schema." .. tostring(kind)] then
      problems.add(what .. " needs a name, and a kind in { kind = \"string\" }",
        near.question(kind, kinds, "%q") or "kinds are " .. table.concat(kinds, ", "), place)
    else
      local rest = tables.copy(one)
      rest.kind = nil
      local before = #problems.list
      if kind ~= "choice" then fields.read(what, "schema." .. kind, rest, place) end
      if #problems.list == before then result[name] = { kind = kind, given = rest } end
    end
  end
  return result
end

local function data_of(own)
  local list = {}
  for name, one in pairs(own.dependencies) do list[#list + 1] = { name = name, version = one.version, source = one.source } end
  return { name = own.name, version = own.version, api = own.api, summary = own.summary, license = own.license, main = own.main,
    capabilities = own.capabilities, dependencies = list, options = tables.keys(own.options) }
end

--- Returns the checked contents of a manifest, or nil if the text does not return a table. subject: the plugin, for messages.
local function parsed(text, path, subject)
  local good, manifest = pcall(data, text, "@" .. path)
  local at = { file = path, line = 1 }
  if not good then
    local message = type(manifest) == "table" and manifest.message or tostring(manifest)
    problems.add(string.format("%s: %s", subject, message), "plugin.lua holds data only: return { name = … }", at)
    return nil, at
  end
  local own = fields.read("plugin.lua of " .. subject, "plugin", manifest, at)
  if own.name and not is_name(own.name) then
    problems.add(string.format("name of %s has letters, digits, _ and - only, got %q", subject, own.name), nil,
      problems.at_field(at, "name"))
    own.name = nil
  end
  own.asks = own.capabilities and read_capabilities(own.capabilities, subject, at)
  own.capabilities = own.asks
  own.dependencies = read_dependencies(own.dependencies or {}, subject, at)
  if own.name and own.dependencies[own.name] then
    problems.add(subject .. " depends on itself", "take it out of dependencies; require \"./file\" reads another file of it",
      problems.at_field(at, "dependencies"))
    own.dependencies[own.name] = nil
  end
  own.options = read_options(own.options or {}, subject, at)
  own.main = own.main or "init.lua"
  return own, at
end

--- Reports that the plugin needs a newer version of Lander, if it does.
local function is_newer(own, subject, at)
  if not own.api or own.api <= language.api then return end
  problems.add(string.format("%s needs API %d, and this lander has API %d", subject, own.api, language.api),
    string.format("take a version of it for API %d, or a lander that has API %d", language.api, own.api), problems.at_field(at, "api"))
end

--- Reads the manifest of the plugin in plugins/NAME, adds the plugin, and returns it.
--- origin: "own" if the plugin is part of the project or of Lander, "locked" if it comes from elsewhere.
function plugin.read(name, path, text, origin)
  local subject = string.format("plugin %q", name)
  local own, at = parsed(text, path, subject)
  own = own or { dependencies = {}, options = {}, main = "init.lua" }
  is_newer(own, subject, at)
  if own.name and own.name ~= name then
    problems.add(string.format("the plugin in plugins/%s calls itself %q", name, own.name), nil, problems.at_field(at, "name"))
  end
  local known = { name = name, origin = origin, bound = origin == "locked" or own.asks ~= nil, asks = own.asks or {},
    dependencies = own.dependencies, options = own.options, main = own.main, manifest = path, data = data_of(own) }
  grants.know(known)
  return known
end

--- Reads a manifest alone, for commands that add or list plugins. The manifest is allowed to need a newer API level than `level`, the level
--- of this prelude.
function plugin.described(text, path)
  local own = parsed(text, path, "the plugin")
  return { manifest = own and data_of(own), level = language.api, problems = problems.list }
end

return plugin
