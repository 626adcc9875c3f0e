-- notify { url = secret "HOOK" } tells a web hook or a program how a deployment goes. A notification that cannot be sent is logged, and
-- does not fail the deployment.

---@class notify.Options
---@field url? string|any   A web hook that takes JSON by POST. If it is a secret, it never appears in an argument.
---@field command? string|table       A program instead: it reads the same JSON on standard input.
---@field text? string                The text before each sentence, such as a name.
---@field timeout? string             How long a notification may take. Default "10s".

local options = schema "notify" {
  url     = schema.any { help = "the address of a web hook, or secret \"NAME\"" },
  command = schema.any { help = "a program that reads JSON on standard input" },
  text    = schema.string { default = "", match = "^[^%c]*$", help = "a text on one line" },
  timeout = schema.duration { default = "10s" },
}

--- Returns a text between quotes, as curl reads it in its configuration.
local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n"):gsub("\r", "\\r"):gsub("\t", "\\t") .. '"'
end

local function record(deployment, event, text)
  return {
    event = event, text = text, deployment = deployment.id, application = deployment.application, recipe = deployment.recipe,
    group = deployment.group, release = deployment.release, actor = deployment.actor, message = deployment.message,
    commit = deployment.commit, job = deployment.job,
  }
end

--- Posts with curl, which reads everything from standard input, so that no argument contains the address or anything about the deployment.
local function post(url, body, timeout)
  local rest = 'header = "Content-Type: application/json"\ndata-raw = ' .. quoted(body) .. "\n"
  local input
  if type(url) == "string" then
    input = "url = " .. quoted(url) .. "\n" .. rest
  else
    input = secret.format('url = "%s"\n' .. rest:gsub("%%", "%%%%"), url)
  end
  local words = { "curl", "--silent", "--show-error", "--fail", "--output", "/dev/null", "--config", "-" }
  return here:try(words, { input = input, timeout = timeout })
end

---Functions that tell how a deployment goes: `base` for a recipe, `stage` as its first stage, `tell` for strategies and stages.
---@param given notify.Options
return function(given)
  local own = options(given)
  if (own.url == nil) == (own.command == nil) then fail("notify: it needs a url or a command, one of the two") end

  local function tell(deployment, event, sentence)
    local text = (own.text == "" and "" or own.text .. ": ") .. sentence
    local body = json.encode(record(deployment, event, text))
    local begun, ended = pcall(function()
      if own.url then return post(own.url, body, own.timeout) end
      return here:try(own.command, { input = body, timeout = own.timeout })
    end)
    if begun and ended.ok then return true end
    local why = begun and ("it ended with status %s: %s"):format(ended.status, ended.stderr) or tostring(ended)
    log.warn("nobody was told \"%s\": %s", event, why)
    return false
  end

  local function of(deployment) return ("%s to %s"):format(deployment.recipe, deployment.group) end

  return {
    tell  = tell,
    base  = recipe {
      on_success = function(deployment) tell(deployment, "succeeded", of(deployment) .. " succeeded") end,
      on_failure = function(deployment, err) tell(deployment, "failed", ("%s failed: %s"):format(of(deployment), err)) end,
    },
    stage = stage "notify" {
      run = function(deployment) tell(deployment, "started", of(deployment) .. " begins, by " .. deployment.actor) end,
    },
  }
end
