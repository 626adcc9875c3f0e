-- transport "name" (function(host) … end): declares how the shell of a host is reached.

local import = ...
local grants, language, near = import "runtime/grants", import "runtime/language", import "runtime/near"
local problems = import "runtime/problems"
local phases, tables, values, void = import "runtime/phases", import "runtime/tables", import "runtime/values", import "runtime/void"
local types, named = import "types/types", import "words/named"

local transport = {}
local own = { "ssh", "local" } -- the transports of the engine itself

language.word {
  name = "transport", nature = "pure", phases = { "description" }, gives = "nothing", takes = "\"name\" (function(host) … end)",
  summary = "Defines a transport: a function that returns the command line that starts a shell on the host.",
  example = "transport \"docker\" (function(host) return { \"docker\", \"exec\", \"-i\", host.name, \"sh\" } end)",
}

language.meaning("transport", function(name, given_too)
  phases.describing "transport"
  local place = problems.here()
  if not named.is_good("transport", name, place) then return void end
  if tables.set(own)[name] then
    problems.add(string.format("transport %q comes with Lander, so this definition would have no effect", name),
      "give it another name, and give hosts transport = \"that name\"", place)
  end
  if given_too ~= nil then
    -- If the name is one that Lander itself uses, that problem comes first, and is reported elsewhere.
    if not tables.set(own)[name] then
      problems.add("transport takes its function behind the name, without a comma",
        string.format("write: transport %q (function(host) … end)", name), place)
    end
    return void
  end
  return named.begun("transport", name, place, function(make)
    if type(make) ~= "function" then
      problems.add("transport \"name\" takes a function(host) that returns an argv, got " .. values.described(make), nil, place)
      return void
    end
    named.declare("transport", name, { name = name, place = place, make = make }, place)
  end)
end)

--- Returns the argv of a host whose transport a recipe declares, or nil if the transport is the engine's own.
function transport.argv(host)
  local name = host.transport
  if not name or name == "ssh" or name == "local" then return nil end
  local known = named.by_name.transport[name]
  if not known then
    local names = tables.joined(own, tables.keys(named.by_name.transport))
    problems.add(string.format("host %q: there is no transport %q", host.name, name),
      near.question(name, names, "%q") or "there are " .. table.concat(names, ", "), host.place)
    return nil
  end
  local ok, argv = pcall(known.make, { name = host.machine or host.name, address = host.address, port = host.port, user = host.user,
    root = host.root, tags = tables.copy(host.tags), vars = tables.copy(host.vars) })
  if ok and type(argv) == "table" and #argv > 0 and types.named("strings").read(argv) then
    argv = tables.joined(argv) -- a copy: nothing can change it after this check
    grants.may(grants.owner(known.make), "local.exec:" .. argv[1], string.format("transport %q", name))
    return argv
  end
  problems.add(string.format("transport %q gave no argv for host %q: %s", name, host.name, ok and values.described(argv) or tostring(argv)),
    "it returns a list such as { \"docker\", \"exec\", \"-i\", name, \"sh\" }", known.place)
end

return transport
