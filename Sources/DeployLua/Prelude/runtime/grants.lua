-- Decides who is allowed to do what, from the plugins that were read, what each of them asks for, and what it was granted. A function
-- belongs to the plugin whose file contains it. What the function gets (hosts, the deployment, a rollout) carries the grants of that
-- plugin.

local import = ...
local capability, near, phase = import "runtime/capability", import "runtime/near", import "runtime/phase"
local problems, rehearsal = import "runtime/problems", import "runtime/rehearsal"

local grants = {
  plugins = {}, -- by name: { name, origin, bound, asks, dependencies, manifest, at }, and `used`: the places by capability
  order = {},   -- the names of the plugins in the order of reading
  allowed = {}, -- by name: { list, place }, as deploy.lua grants them
  refused = {}, -- by name: whether a plugin was required and could not be read
  spec = nil,   -- the file of tests that is being read: it counts as a file of the project, wherever it is
}
local any_bound = false
local standing = {} -- by function of this prelude: the recipe's function that it calls
local shared = {}   -- by function of this prelude: the plugin whose grants it has, whatever function it calls
--- The owner of functions without a source, such as coroutine.wrap(f), for which no file is responsible.
local nobody = { bound = true, nobody = true }

--- Adds a plugin that has been read.
function grants.know(plugin)
  if not grants.plugins[plugin.name] then grants.order[#grants.order + 1] = plugin.name end
  grants.plugins[plugin.name] = plugin
  plugin.used = {}
  any_bound = any_bound or plugin.bound
end

--- Returns the plugin that a file belongs to, or nil if it belongs to none.
function grants.plugin_of(file)
  if not file or file == grants.spec then return nil end
  return grants.plugins[string.match(file, "^plugins/([^/]+)/") or ""]
end

--- Returns the plugin that a file belongs to, if that plugin is limited to its grants. Returns nil if the file is allowed to do everything.
function grants.of_file(file)
  local plugin = grants.plugin_of(file)
  return plugin and plugin.bound and plugin or nil
end

--- Returns the plugin whose file has the line that runs, if that plugin is limited to its grants. Returns nil if the line is allowed to do
--- everything.
function grants.asking() return grants.of_file(problems.here().file) end

--- Notes that a function of this prelude calls a function of a recipe, and so has the grants of the recipe's function. Returns the
--- prelude's function.
function grants.stands_for(wrapper, fn)
  standing[wrapper] = fn
  return wrapper
end

--- Returns the plugin with whose grants a function acts, or nil if the function is allowed to do everything.
function grants.owner(fn)
  if not any_bound then return nil end
  if shared[fn] then return shared[fn] end
  while standing[fn] do fn = standing[fn] end
  local file = place(fn)
  if file then return grants.of_file(file) end
  return nobody
end

--- Gives a function of this prelude the grants of a plugin, although the function that it calls is in another file. Returns the function.
function grants.share(wrapper, plugin)
  shared[wrapper] = plugin
  return wrapper
end

local function covered(list, needed)
  for _, one in ipairs(list or {}) do if capability.covers(one, needed) then return true end end
  return false
end

--- Returns whether a plugin has a capability: the plugin must ask for it and, if the plugin comes from elsewhere, deploy.lua must grant it.
local function has(plugin, needed)
  if plugin.nobody or not covered(plugin.asks, needed) then return false end
  if plugin.origin ~= "locked" then return true end
  local allowed = grants.allowed[plugin.name]
  return allowed ~= nil and covered(allowed.list, needed)
end

--- Returns the message about a capability that a plugin lacks, and what to do.
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

--- Returns whether a plugin is allowed to do something. plugin: the plugin, or nil, which is allowed to do everything. what: the word that
--- needs the capability, for messages. While files are read, the decision waits until all of them are read, because `allow` might come
--- later. In the run phase a refusal is raised as an error, and in a rehearsal it is noted.
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

--- Reports capabilities that were used without a grant while files were read, and grants in `allow` that no plugin asks for.
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
      -- That plugin could not be read, which has already been reported.
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

--- Returns the plugins as data for the engine.
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
