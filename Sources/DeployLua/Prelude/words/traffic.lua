-- traffic = { … }: how a recipe moves traffic between pools.

local import = ...
local grants, language = import "runtime/grants", import "runtime/language"
local phase, problems = import "runtime/phase", import "runtime/problems"
local fields, running = import "types/fields", import "run/deployment"
local tables = import "runtime/tables"

local traffic = {}

language.word {
  name = "recipe.traffic", nature = "pure", phases = { "description" }, takes = "traffic = { … }",
  summary = "Says how rollout:shift moves traffic between pools. Lander might call read and weight several times.",
  example = "traffic = { pools = { \"blue\", \"green\" },\n"
    .. "  read = function(deployment) "
    .. "return json.decode(here:run(\"bin/weights\", { rehearse = '{\"blue\":100,\"green\":0}' }).stdout) end,\n"
    .. "  weight = function(weights) here:run { \"bin/weigh\", tostring(weights.blue), tostring(weights.green) } end }",
  fields = {
    { "pools", "strings", "names of the pools that share the traffic", required = true },
    { "read", "function", "function(deployment): returns the current weights, such as { blue = 100, green = 0 }", required = true },
    { "weight", "function", "function(weights, deployment): sets the weights. They are whole percentages that add up to "
      .. "100", required = true },
  },
}

--- Returns the checked traffic, or nil if it is incomplete or invalid. subject: the recipe, for messages.
function traffic.read(given, subject, place)
  local own = fields.read("traffic of " .. subject, "recipe.traffic", given, place)
  local seen = {}
  for _, pool in ipairs(own.pools or {}) do
    if seen[pool] or pool == "" then
      problems.add(string.format("pool %q of traffic stands there twice, or has no name", pool), nil, problems.at_field(place, "pools"))
    end
    seen[pool] = true
  end
  own.place = place
  return own.pools and own.read and own.weight and own or nil
end

--- Returns the function that reads the weights. A rehearsal cannot know them: it assumes that all traffic goes to the slot that got the
--- last deployment, or otherwise to the first pool.
local function reader(own)
  return grants.stands_for(function(deployment)
    local weights = own.read(deployment)
    if not phase.rehearsal() then return weights end
    local moved = running.fact "moved_traffic"
    if moved then return tables.copy(moved) end
    local played, live = {}, own.pools[1]
    for _, pool in ipairs(own.pools) do
      played[pool] = 0
      if pool == running.fact "newest_slot" then live = pool end
    end
    played[live] = 100
    return played
  end, own.read)
end

--- Returns the function that sets the weights. A rehearsal stores what it set, and reads that afterwards.
local function writer(own)
  return grants.stands_for(function(weights, deployment)
    local moved = tables.copy(weights)
    own.weight(weights, deployment)
    if phase.rehearsal() then running.learn("moved_traffic", moved) end
  end, own.weight)
end

--- Returns the traffic as data for the engine, or nil if there is none. Its functions get their numbers here.
function traffic.data(own)
  if not own then return nil end
  return problems.placed({ pools = own.pools, read = register(reader(own), "read of traffic"),
    weight = register(writer(own), "weight of traffic") }, own.place)
end

return traffic
