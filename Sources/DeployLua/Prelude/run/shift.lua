-- rollout:shift { … } and rollout:weights(): move traffic between pools, and read its weights.

local import = ...
local boundary, language, rehearsal = import "runtime/boundary", import "runtime/language", import "runtime/rehearsal"
local decisions, fields = import "run/decisions", import "types/fields"

language.word {
  name = "rollout:shift", nature = "effect", phases = { "run" }, gives = "table", takes = "{ … }",
  summary = "Moves traffic between the pools that the recipe's field traffic names. Returns the old weights. If the deployment fails "
    .. "later, Lander restores the old weights.",
  example = "rollout:shift { weights = { blue = 90, green = 10 } }",
  fields = {
    { "weights", "record", "the new weights by pool: whole percentages that add up to 100. A pool that is not named gets no traffic" },
    { "to", "name", "the pool that gets all of the traffic" },
  },
}

language.word {
  name = "rollout:weights", nature = "probe", phases = { "run" }, gives = "table", takes = "",
  summary = "Returns the current weights of the pools, as whole percentages.", example = "local live = rollout:weights().blue == 100",
}

--- Returns whether the weights are whole per cent that add up to 100.
local function is_whole(weights)
  local sum = 0
  for _, percent in pairs(weights) do
    if math.type(percent) ~= "integer" or percent < 0 then return false end
    sum = sum + percent
  end
  return sum == 100
end

function decisions.methods.shift(self, given)
  if not decisions.is_own("rollout:shift", self) then return {} end
  local options, mistaken = fields.options("rollout:shift", given)
  local weights = options.to and { [options.to] = 100 } or options.weights
  if not weights or options.to and options.weights then
    if not mistaken then rehearsal.misuse("rollout:shift takes weights or to: rollout:shift { to = \"green\" }") end
    return {}
  end
  if not is_whole(weights) then
    rehearsal.complain("weights of rollout:shift must be whole per cent that sum to 100")
    return {}
  end
  return boundary.ask({ op = "shift", weights = weights }).weights
end

function decisions.methods.weights(self)
  if not decisions.is_own("rollout:weights", self) then return {} end
  return boundary.ask({ op = "shift" }).weights
end
