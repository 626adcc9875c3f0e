-- http.get and http.post: requests from the engine's machine.

local import = ...
local boundary, grants, language = import "runtime/boundary", import "runtime/grants", import "runtime/language"
local phase, phases, rehearsal = import "runtime/phase", import "runtime/phases", import "runtime/rehearsal"
local tables, values, void = import "runtime/tables", import "runtime/values", import "runtime/void"
local web, fields, encode = import "types/web_address", import "types/fields", import "types/json_writer"
local attempts, operation = import "run/attempts", import "run/operation"
local response, secret = import "run/response", import "run/secret"

local standard = { timeout = 30000, limit = 65536, redirects = 5 }
local most = { limit = 196608, redirects = 10, times = 100, timeout = 600000 }

local shared = {
  { "headers", "table", "headers by name. Each value is a string or a secret" },
  { "status", "statuses", "the expected status codes. If not given, 200 to 299" },
  { "timeout", "time", "the longest time that one attempt may take, including redirects. It is 30 s if not given, and at most 10 minutes" },
  { "limit", "positive", "the largest size of the response's body in bytes. It is 64 KiB if not given, and at most 192 KiB" },
  { "retry", "table", "how often to try again: { times = 3, every = \"5s\", backoff = 2 }. Lander tries again if no answer comes, or if "
    .. "the status is 429, or 500 or above. http.post tries again even if it is unknown whether the server got the previous request" },
  { "ca", "name", "a file with the certificate of the server's certificate authority. This certificate replaces the system's "
    .. "certificates" },
  { "rehearse", "any", "the answer that a rehearsal assumes: a body, or { status, body }" },
}
language.word {
  name = "http.get", nature = "probe", phases = { "run" }, gives = "response", takes = "url, { … }",
  summary = "Sends a GET request from the engine's machine, and returns the response. An unexpected status is an error. You can put a "
    .. "secret into a header, or into the URL after the host name.",
  example = "local version = http.get(\"https://api.example.com/version\").body",
  fields = tables.joined(shared, { { "redirects", "count", "the largest number of redirects. It is 5 if not given, and at most 10" } }),
}
language.word {
  name = "http.post", nature = "effect", phases = { "run" }, gives = "response", takes = "url, { … }",
  summary = "Sends a POST request from the engine's machine, and returns the response. It does not follow redirects.",
  example = "http.post(\"https://chat.example.com/hook\", { json = { text = \"shop is out\" } })",
  fields = tables.joined(shared, {
    { "body", "any", "the body of the request: a string or a secret. Body and headers together have at most 32 KiB" },
    { "json", "any", "a value that is sent as JSON. With json, leave out body" },
    { "on_lost", "fail|repeat", "what to do if the result of the request is unknown. If not given, \"fail\"" },
  }),
}
-- Recipes do not call this word. It only declares the fields of `rehearse`.
language.words["rehearse of http"] = { fields = { { "status", "positive" }, { "body", "string" } } }
language.object { name = "http", summary = "Sends requests to servers from the engine's machine.", fields = {} }

--- Returns the parts of a URL, which is a text or a secret.format that begins with the machine, or nil after a mistake. The parts include
--- `pieces`.
local function read_url(method, given)
  if given == void then return nil end
  local pieces = values.is(given, secret.kind) or type(given) == "string" and { given }
  if not pieces then
    return rehearsal.complain(string.format("%s takes a URL in quotes, got %s", method, values.described(given))) and nil
  end
  local plain = ""
  for _, piece in ipairs(pieces) do plain = plain .. (type(piece) == "table" and "x" or piece) end
  if type(pieces[1]) ~= "string" or not (string.find(pieces[1], "^%a+://[^/?#]*[/?#]") or #pieces == 1) then
    rehearsal.complain(method .. ": a secret may be in a URL only after the host name and a /",
      "as in secret.format(\"https://hooks.example.com/%s\", secret \"HOOK\")")
    return nil
  end
  local parts, why = web.parse(plain)
  if not parts then
    rehearsal.complain(string.format("%s: the URL %s cannot be asked: %s", method, values.described(plain), why))
    return nil
  end
  local rest = string.match(pieces[1], "^%a+://[^/?#]*(.*)$")
  if string.sub(rest, 1, 1) ~= "/" then rest = "/" .. rest end
  parts.pieces = tables.joined({ web.origin(parts) .. rest }, table.pack(table.unpack(pieces, 2)))
  return parts
end

-- Headers that curl sets itself, and headers that could turn one message into two.
local own_headers = tables.set { "host", "content-length", "transfer-encoding", "connection", "expect", "te", "trailer", "upgrade" }

--- Reads headers by name. Returns nil if there are none.
local function read_headers(method, given)
  local headers
  for name, value in pairs(given or {}) do
    if type(name) ~= "string" or not string.find(name, "^[%w!#$%%&'*+.^_`|~-]+$") then
      rehearsal.complain(string.format("%s: %s is no name of a header", method, values.described(name)))
    elseif own_headers[string.lower(name)] then
      rehearsal.complain(string.format("%s: the header %s is set by Lander itself", method, name))
    else
      local text = operation.text(method .. ": header " .. name, value)
      if type(text) == "string" and string.find(text, "%c") then
        rehearsal.complain(string.format("%s: header %s has a control character", method, name))
        text = nil
      end
      if text then
        headers = headers or {}
        headers[name] = text
      end
    end
  end
  return headers
end

local function has(headers, wanted)
  for name in pairs(headers or {}) do if string.lower(name) == wanted then return true end end
  return false
end

--- Returns the body that is sent, and the headers with its type, or nil if there is no body.
local function read_body(method, options, headers)
  if options.body ~= nil and options.json ~= nil then rehearsal.misuse(method .. " takes body or json, not both") end
  local text, type_
  if options.json ~= nil then
    text, type_ = encode(options.json), "application/json"
  elseif options.body ~= nil then
    text, type_ = operation.text(method .. ": body", options.body), "text/plain; charset=utf-8"
    if type(text) == "string" and not operation.is_plain(method .. ": body", text) then text = nil end
  end
  if text and not has(headers, "content-type") then headers = tables.merged(headers or {}, { ["Content-Type"] = type_ }) end
  return text, headers
end

local function bounded(method, name, value)
  if not value or value <= most[name] then return value end
  rehearsal.complain(string.format("%s: %s is at most %d, got %d", method, name, most[name], value))
  return most[name]
end

local function is_good(status, wanted)
  if not wanted then return status >= 200 and status <= 299 end
  for _, one in ipairs(wanted) do if one == status then return true end end
  return false
end

--- Returns the first lines of a body, which say why something is unhealthy.
local function excerpt(body)
  local line = string.match(string.gsub(string.sub(body, 1, 300), "%s+", " "), "^ ?(.-) ?$")
  return line == "" and "" or ": " .. line
end

local moved = tables.set { 301, 302, 303, 307, 308 }

--- Returns the parts of the URL to which a redirect leads. Raises an error if the call is not allowed to go there. Another server gets no
--- headers.
local function follow(call, parts, target)
  local next_, why = web.parse(target)
  if not next_ then
    return raise { kind = "unhealthy", message = string.format("%s is redirected to %s, which cannot be asked: %s", call.line(parts),
      values.described(target), why) }
  end
  if parts.scheme == "https" and next_.scheme == "http" then
    return raise { kind = "unhealthy", message = string.format("%s is redirected to %s, which is not encrypted", call.line(parts), target),
      fix = "request the target of the redirect, if you mean that" }
  end
  if not grants.may(call.plugin, "http:" .. web.reach(next_, "GET"), call.method .. ", redirected to " .. web.origin(next_)) then
    return nil
  end
  if web.origin(next_) ~= web.origin(parts) then call.headers = nil end
  next_.pieces = { web.origin(next_) .. next_.rest }
  return next_
end

--- Makes one attempt: sends the request, and follows redirects. Returns the failure or nil, the answer's value, and the parts of the last
--- URL.
local function attempt(call, parts)
  local spent, hops = 0, 0
  while true do
    local answer = boundary.ask { op = "http", method = call.verb, url = parts.pieces, headers = call.headers, body = call.body,
      limit = call.limit, ca = call.ca, on_lost = call.on_lost, timeout = math.max(1000, call.timeout - spent) }
    spent = spent + (answer.took or 0)
    local value = answer.value
    if answer.failure then return answer.failure, nil, parts, spent end
    local is_moved = call.redirects > 0 and moved[value.status] and value.redirect
    if not is_moved or call.status and is_good(value.status, call.status) then return nil, value, parts, spent end
    if hops == call.redirects then
      return { kind = "unhealthy", message = string.format("%s: more than %d redirects, the last to %s", call.line(parts), hops,
        value.redirect) }, nil, parts, spent
    end
    hops = hops + 1
    parts = follow(call, parts, value.redirect)
    if not parts then return nil, { status = 200, body = "", type = "" }, nil, spent end
  end
end

--- Returns what is wrong with an answer, or nil if nothing is wrong.
local function refusal(call, parts, value)
  if is_good(value.status, call.status) then return nil end
  local led = value.redirect and ", which leads to " .. value.redirect or excerpt(value.body)
  return { kind = "unhealthy", message = string.format("%s: status %d%s", call.line(parts), value.status, led) }
end

local function is_passing(failure, value)
  if failure then return failure.kind == "transport" or failure.kind == "timeout" end
  return value.status == 429 or value.status >= 500
end

--- Returns what a rehearsal uses as the answer, or nil if the recipe does not say.
local function foretold(method, given)
  if given == nil or not phase.rehearsal() then return nil end
  if type(given) == "string" then return { status = 200, body = given, type = "" } end
  local own = fields.read(method .. ": rehearse", "rehearse of http", given)
  return { status = own.status or 200, body = own.body or "", type = "" }
end

--- Returns a URL in the form for people, without secrets.
local function spoken(pieces)
  local text = ""
  for _, piece in ipairs(pieces) do text = text .. (type(piece) == "table" and "<secret " .. piece.name .. ">" or piece) end
  return text
end

--- Performs one call of a word. plugin: the plugin whose grants count, or nil if the caller is allowed to do everything.
local function request(verb, plugin, url, given)
  local method = verb == "GET" and "http.get" or "http.post"
  if not phases.running(method) then return void end
  local parts, options = read_url(method, url), fields.options(method, given)
  local headers = read_headers(method, options.headers)
  local body
  if verb == "POST" then body, headers = read_body(method, options, headers) end
  local plan = options.retry and attempts.read(options.retry, 3) or { times = 1, every = 1000, backoff = 1 }
  plan.times = bounded(method, "times", plan.times)
  local call = { verb = verb, method = method, plugin = plugin, headers = headers, body = body, status = options.status,
    limit = bounded(method, "limit", options.limit or standard.limit), ca = options.ca and operation.path(method .. ": ca", options.ca),
    redirects = verb == "GET" and bounded(method, "redirects", options.redirects or standard.redirects) or 0,
    timeout = math.max(1000, bounded(method, "timeout", options.timeout or standard.timeout)), on_lost = options.on_lost }
  function call.line(at) return verb .. " " .. spoken(at.pieces) end
  if not parts then return response.new({ status = 200, body = "", type = "", url = "", duration = 0 }, true) end
  if not grants.may(plugin, "http:" .. web.reach(parts, verb), method) then return void end
  if call.ca and not grants.may(plugin, "local.read:" .. options.ca, method .. " with ca") then return void end
  local known = foretold(method, options.rehearse)
  local function once(_, is_last)
    call.headers = headers
    local failure, value, last, spent = attempt(call, parts)
    if known and not failure then value = known end
    -- A rehearsal answers with a status that the recipe accepts.
    if phase.rehearsing() and not known and value and call.status then value.status = call.status[1] end
    if not is_last and is_passing(failure, value) then return nil end
    failure = failure or last and refusal(call, last, value)
    if failure then
      rehearsal.doubt()
      return raise { kind = failure.kind, message = failure.message, fix = failure.fix }
    end
    local own = { status = value.status, body = value.body, type = value.type, url = spoken((last or parts).pieces),
      duration = spent / 1000 }
    return response.new(own, phase.rehearsing() and not known)
  end
  if plan.times > 1 then rehearsal.repeats(plan.times, attempts.pauses(plan)) end
  return attempts.make(plan, once)
end

local function word(plugin)
  return values.word("http", {
    get = function(url, given) return request("GET", plugin, url, given) end,
    post = function(url, given) return request("POST", plugin, url, given) end,
  })
end
language.meaning("http", word(nil))
language.meaning_with_grants("http", word)
