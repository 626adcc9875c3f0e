-- Who may do what: the plugins that were read, what each asks for, and what it was granted. A function belongs to the plugin whose file it
-- stands in; what it is given (hosts, the deployment, a rollout) carries the grants of that plugin.

local import = ...
local capability, near, phase = import "runtime/capability", import "runtime/near", import "runtime/phase"
local problems, rehearsal = import "runtime/problems", import "runtime/rehearsal"

local grants = {
  plugins = {}, -- by name: { name, origin, bound, asks, dependencies, manifest, at }, and `used`: places by capability
  order = {},   -- their names as they were read
  allowed = {}, -- by name: { list, place }, as deploy.lua grants
  refused = {}, -- by name: whether a plugin was required and could not be read
  spec = nil,   -- the file of tests that is read: what it describes is a project's, wherever it lies, and reaches nothing
}
local any_bound = false
local standing = {} -- by function of this prelude: the function of a recipe that it stands for
local shared = {}   -- by function of this prelude: the plugin whose grants it has, whatever it stands for
--- Whose functions have no source of their own, such as coroutine.wrap(f): nobody answers for what they do.
local nobody = { bound = true, nobody = true }

--- Takes in a plugin that was read.
function grants.know(plugin)
  if not grants.plugins[plugin.name] then grants.order[#grants.order + 1] = plugin.name end
  grants.plugins[plugin.name] = plugin
  plugin.used = {}
  any_bound = any_bound or plugin.bound
end

--- The plugin that a file belongs to; nil for none.
function grants.plugin_of(file)
  if not file or file == grants.spec then return nil end
  return grants.plugins[string.match(file, "^plugins/([^/]+)/") or ""]
end

--- The same if it has only what it was granted; nil for files that may do everything.
function grants.of_file(file)
  local plugin = grants.plugin_of(file)
  return plugin and plugin.bound and plugin or nil
end

--- The plugin whose file has the line that runs, if it has only what it was granted; nil for lines that may do everything.
function grants.asking() return grants.of_file(problems.here().file) end

--- Says that a function of this prelude calls one of a recipe, whose grants it then has. Returns the first.
function grants.stands_for(wrapper, fn)
  standing[wrapper] = fn
  return wrapper
end

--- With whose grants a function acts; nil: it may do everything.
function grants.owner(fn)
  if not any_bound then return nil end
  if shared[fn] then return shared[fn] end
  while standing[fn] do fn = standing[fn] end
  local file = place(fn)
  if file then return grants.of_file(file) end
  return nobody
end

--- Gives a function of this prelude a plugin's grants, although what it calls stands elsewhere. Returns the function.
function grants.share(wrapper, plugin)
  shared[wrapper] = plugin
  return wrapper
end

local function covered(list, needed)
  for _, one in ipairs(list or {}) do if capability.covers(one, needed) then return true end end
  return false
end

--- Whether a plugin has a capability: one that it asks for, and if it comes from elsewhere, that deploy.lua grants.
local function has(plugin, needed)
  if plugin.nobody or not covered(plugin.asks, needed) then return false end
  if plugin.origin ~= "locked" then return true end
  local allowed = grants.allowed[plugin.name]
  return allowed ~= nil and covered(allowed.list, needed)
end

--- What is said of a capability that a plugin does not have, and what to do.
local function refusal(plugin, needed, what)
  if plugin.nobody then
    return string.format("%s is called by a function that belongs to no file, so no grants apply to it", what),
      "give a function of your own: function(host) … end"
  end
  if not covered(plugin.asks, needed) then
    return string.format("plugin %q needs %q for %s, and its plugin.lua does not ask for it", plugin.name, needed, what),
      plugin.origin == "locked" and "take a version of the plugin that asks for it, or do it in deploy.lua"
        or string.format("add it in %s: capabilities = { …, %q }", plugin.manifest, needed)
  end
  local allowed = grants.allowed[plugin.name]
  local line = string.format("allow %q { %q }", plugin.name, needed)
  local fix = "add to deploy.lua: " .. line
  if allowed then fix = string.format("add %q to allow %q in %s:%d", needed, plugin.name, allowed.place.file, allowed.place.line) end
  return string.format("plugin %q needs %q for %s, and deploy.lua does not grant it", plugin.name, needed, what), fix
end

--- Whether a plugin may do something. plugin: nil may do everything. what: the word that needs it, for messages. While files are read the
--- answer comes at their end, because allow may stand below; in the run phase a refusal is raised, in a rehearsal noted.
function grants.may(plugin, needed, what)
  if not plugin then return true end
  if not phase.is "run" and not plugin.nobody then
    if not plugin.used[needed] then plugin.used[needed] = { what = what, place = problems.here() } end
    return true
  end
  if has(plugin, needed) then return true end
  local message, fix = refusal(plugin, needed, what)
  if phase.is "run" then rehearsal.misuse(message, fix) else problems.add(message, fix) end
  return false
end

--- Takes down what was used while files were read without being granted, and what allow says of plugins that do not ask for it.
function grants.finish()
  for _, name in ipairs(grants.order) do
    local plugin = grants.plugins[name]
    for needed, use in pairs(plugin.used) do
      if not has(plugin, needed) then
        local message, fix = refusal(plugin, needed, use.what)
        problems.add(message, fix, use.place)
      end
    end
  end
  for name, allowed in pairs(grants.allowed) do
    local plugin = grants.plugins[name]
    if grants.refused[name] then
      -- That is told already.
    elseif not plugin then
      problems.add(string.format("allow names plugin %q, and deploy.lua requires none of that name", name),
        near.question(name, grants.order, "%q"), allowed.place)
    elseif plugin.origin ~= "locked" then
      problems.warn(string.format("plugin %q is no plugin of deploy.lock: it has what its plugin.lua asks for, and allow changes nothing",
        name), nil, allowed.place)
    else
      for _, one in ipairs(allowed.list) do
        if not covered(plugin.asks, one) then
          problems.add(string.format("plugin %q does not ask for %q", name, one), near.question(one, plugin.asks, "%q")
            or "it asks for " .. (#plugin.asks > 0 and table.concat(plugin.asks, ", ") or "nothing"), allowed.place)
        end
      end
    end
  end
end

--- The plugins as the engine gets them.
function grants.data()
  local list = {}
  for i, name in ipairs(grants.order) do
    local plugin = grants.plugins[name]
    local given = {}
    for _, one in ipairs(plugin.asks or {}) do if has(plugin, one) then given[#given + 1] = one end end
    list[i] = { origin = plugin.origin, bound = plugin.bound, manifest = plugin.data, given = given }
  end
  return list
end

return grants
