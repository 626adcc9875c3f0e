-- env "NAME": returns an environment variable, as it was when the recipe was read.

local import = ...
local language, problems, given = import "runtime/language", import "runtime/problems", import "reading/given"
local values = import "runtime/values"

language.word {
  name = "env", nature = "pure", phases = { "description" }, gives = "string", takes = "\"NAME\", \"default\"",
  optional = { "\"default\"" },
  summary = "Returns the value that an environment variable has when Lander reads the recipe. The deployment stores the value as plain "
    .. "text.",
  example = "local region = env(\"REGION\", \"eu-1\")",
}

language.meaning("env", function(name, default)
  local place = problems.here()
  if default ~= nil and type(default) ~= "string" then
    problems.add("the default of env is a string, got " .. values.described(default), nil, place)
    return ""
  end
  if type(name) == "string" and not string.match(name, "^[%a_][%w_]*$") then
    problems.add(string.format("%q is no name of a variable", name), "as in env \"REGION\"", place)
    return ""
  end
  if type(name) == "string" and given.is_secretive(name) then
    problems.add(string.format("env %q would keep a secret with the deployment, on hosts, in plain", name),
      string.format("write secret %q, which goes into env, input and write", name), place)
    return ""
  end
  local text, good = given.text("env", "variable", name, place)
  if text then return text end
  if good and default == nil then
    problems.add(string.format("the environment has no %s", name),
      string.format("set it, or give a default: env(%q, \"…\")", name), place)
  end
  return default or ""
end)
