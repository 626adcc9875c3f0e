-- on = { Event = function(host, deployment) … end }: hooks by lifecycle event.

local import = ...
local language = import "runtime/language"
local near, problems, tables = import "runtime/near", import "runtime/problems", import "runtime/tables"
local values, types = import "runtime/values", import "types/types"

local hook = {}

local events = import("runtime/engine").events
local known = tables.set(events)

--- The purpose of each event, in the order in which a host has them.
language.events = {
  { "BeforeBlockTraffic", "runs in the old release, before the host is taken out of its balancer" },
  { "BlockTraffic", "runs in the old release, and takes the host out of its balancer" },
  { "AfterBlockTraffic", "runs in the old release, after the host has been taken out of its balancer" },
  { "ApplicationStop", "runs in the old release, and stops it. If there is no old release, Lander skips this event" },
  { "DownloadBundle", "the engine sends the new release; no hook can run here" },
  { "BeforeInstall", "runs before the new release becomes the current one" },
  { "Install", "the engine makes the new release the current one; no hook can run here" },
  { "AfterInstall", "the hook configures the new release" },
  { "ApplicationStart", "the hook starts the new release" },
  { "ValidateService", "checks whether the new release is good. If this hook raises an error, Lander restores the old release on the "
    .. "host" },
  { "BeforeAllowTraffic", "runs before the host gets its traffic back" },
  { "AllowTraffic", "the hook puts the host back into its balancer" },
  { "AfterAllowTraffic", "runs after the host is back in its balancer" },
}
local of_the_engine = { DownloadBundle = true, Install = true }

--- Returns a list of { event, run }.
function hook.read(on, place)
  local hooks = {}
  for key, value in pairs(on) do
    if not known[key] then
      problems.add(string.format("there is no lifecycle event %s", values.described(key)),
        near.question(key, events) or "they are " .. table.concat(events, ", "), problems.at_field(place, tostring(key)))
    elseif of_the_engine[key] then
      problems.add(key .. " is done by the engine itself and takes no hook", "use BeforeInstall or AfterInstall",
        problems.at_field(place, key))
    else
      for _, run in ipairs(types.read(key, types.named "functions", value, problems.at_field(place, key)) or {}) do
        hooks[#hooks + 1] = { event = key, run = run }
      end
    end
  end
  return hooks
end

--- Returns the hook as data for the engine. Its function gets its number here.
function hook.data(one, otherwise)
  local number, file, line = register(one.run, "hook " .. one.event), place(one.run)
  return problems.placed({ event = one.event, ["function"] = number }, file and { file = file, line = line } or otherwise)
end

return hook
