-- secret "NAME": handles of secrets. A handle never contains the value.

local import = ...
local errors, grants, language = import "runtime/errors", import "runtime/grants", import "runtime/language"
local problems = import "runtime/problems"
local rehearsal, values, void = import "runtime/rehearsal", import "runtime/values", import "runtime/void"

--- The payload of a handle is a list of pieces: texts, and { name = … } for each secret.
local secret = { kind = values.kind "secret" }

language.word {
  name = "secret", nature = "pure", phases = { "description", "run" }, takes = "\"NAME\"",
  summary = "Returns a handle for a secret. Pass the handle to env, input or host:write. A recipe never sees the value itself.",
  example = "host:run(\"bin/send\", { env = { TOKEN = secret \"TOKEN\" } })",
  errors = { "missing" },
}
language.word {
  name = "secret.format", nature = "pure", phases = { "description", "run" }, takes = "format, …",
  summary = "Puts secrets into a string, one in place of each %s, and returns a handle for the result.",
  example = "host:run(\"bin/migrate\", { env = { URL = secret.format(\"https://app:%s@db/\", secret \"DB_PASSWORD\") } })",
  errors = { "missing" },
}

local function new(pieces) return proxy(secret.kind, 0, pieces) end

local function join(format, ...)
  if type(format) ~= "string" then errors.usage("secret.format takes a string with %s in it, got " .. values.described(format)) end
  local given, pieces, used, literal = table.pack(...), {}, 0, ""
  local at = 1
  while at <= #format do
    local sign = string.find(format, "%", at, true)
    literal = literal .. string.sub(format, at, (sign or #format + 1) - 1)
    if not sign then break end
    local conversion = string.sub(format, sign + 1, sign + 1)
    at = sign + 2
    if conversion == "%" then literal = literal .. "%" elseif conversion == "s" then
      used = used + 1
      local inside = values.is(given[used], secret.kind)
      if inside then
        pieces[#pieces + 1] = literal
        literal = ""
        for _, piece in ipairs(inside) do pieces[#pieces + 1] = piece end
      else
        literal = literal .. tostring(given[used])
      end
    else
      errors.usage("secret.format knows %s and %% only")
    end
  end
  if literal ~= "" then pieces[#pieces + 1] = literal end
  return new(pieces)
end

--- plugin: the plugin whose grants count, or nil if the caller is allowed to do everything.
local function word(plugin)
  return values.word("secret", { format = join }, function(name)
    if type(name) ~= "string" or not string.match(name, "^[%a_][%w_%-%./]*$") then
      problems.add("secret takes a name in quotes, got " .. values.described(name))
      return void
    end
    if not grants.may(plugin, "secret:" .. name, "secret") then return void end
    return new { { name = name } }
  end)
end
language.meaning("secret", word(nil))
language.meaning_with_grants("secret", word)

secret.kind.__index = function(_, key)
  if key == "bearer" then return function(me) return join("Bearer %s", me) end end
  problems.add(string.format("a secret has no %s", tostring(key)), "it has :bearer(), and goes into env, input and write as it is", nil,
    "misnamed")
  return void
end
local no_text = "a secret cannot become text; secret.format joins it with other text"
secret.kind.__concat = function() return rehearsal.misuse(no_text) end
secret.kind.__tostring = function()
  rehearsal.misuse(no_text)
  return "<secret>"
end

return secret
