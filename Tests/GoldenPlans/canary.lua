-- Five per cent first, their errors compared with those of the others, then the rest in three steps.
group "production" { hosts = { "search[01-20]" } }

local function errors(host)
  local reply = http.get("https://prometheus.example.com/api/v1/query?query=errors", {
    headers = { Authorization = secret "PROM_TOKEN" }, timeout = "10s", rehearse = "{\"failed\":0,\"of\":100}",
  })
  local said = json.decode(reply.body)
  return { failed = said.failed, of = said.of }
end

local careful = strategy "careful" {
  options = schema "careful" { first = schema.amount { default = "5%", help = "hosts of the canary" } },
  decide = function(rollout, options)
    local first, rest = rollout.targets:split(options.first)
    rollout:wave(first)
    rollout:analyse { name = "errors", canary = first, baseline = rollout.targets:twins(first), rate = errors, margin = "+1pp",
      during = "5m", every = "30s" }
    for wave in rest:batches(math.ceil(#rest / 3)) do
      rollout:wave(wave)
      rollout:wait "2m"
    end
  end,
}

recipe "search" {
  api = 1, revision = bundle "app", targets = group "production", path = "/srv/search",
  strategy = careful { first = "5%" },
  on = {
    ApplicationStart = function(host) host:run "sudo systemctl restart search" end,
    ValidateService = function(host) host:wait_for { port = 9300, timeout = "1m" } end,
  },
}
