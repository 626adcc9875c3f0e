import DeployLua
import DeployModel
import Testing

@Suite struct DescriptionTests {
  @Test("every word that recipes have is in the table of words, with a sentence and an example")
  func words() throws {
    let vocabulary = try Vocabulary()
    let names = Set(vocabulary.words.map(\.name))
    #expect(names.count == vocabulary.words.count)
    for word in [
      "recipe", "group", "host", "configuration", "strategy", "stage", "transport", "bundle", "secret", "log", "retry", "each", "all",
      "within", "fail", "sleep", "quote", "schema", "require", "host:run", "host:try", "host:read", "host:write", "host:upload",
      "host:download", "host:exists", "host:link", "host:service", "host:wait_for", "here:run", "here:try", "here:read", "rollout:wave",
      "rollout:wait", "rollout:rollback", "param.boolean", "schema.string",
    ] { #expect(names.contains(word), "\(word)") }
    for word in vocabulary.words {
      #expect(word.summary.hasSuffix("."), "\(word.name)")
      #expect(!word.example.isEmpty, "\(word.name)")
      #expect(!word.phases.isEmpty, "\(word.name)")
    }
  }

  @Test("what a recipe for a newer API says is not read, only refused")
  func newer() {
    #expect(
      problems("recipe \"a\" {\n  api = 2,\n  novelty = true,\n}")
        == ["deploy.lua:2: recipe \"a\" needs API 2, this lander has 1; install a newer lander"])
  }

  @Test("host names come as ranges, with users and ports, and lists of hosts need no group")
  func hosts() throws {
    let recipe = try #require(
      try load(
        """
        recipe "a" { path = "/a", user = "www", targets = { "deploy@web[09-11]", "db:2222", "r[1-2]c[1-2]" } }
        """
      ).project.recipes.first)
    guard case .hosts(let group) = recipe.targets else { throw Failure(.failed, "\(recipe.targets)") }
    #expect(group.hosts.map(\.name) == ["web09", "web10", "web11", "db", "r1c1", "r1c2", "r2c1", "r2c2"])
    #expect(group.hosts[0].user == "deploy")
    #expect(group.hosts[3].port == 2222)
    #expect(recipe.user == "www")
  }

  @Test("the example of the demo and the commented recipe of three shapes are read without a complaint")
  func examples() throws {
    for main in [
      """
      -- the whole file: sends dist/, switches, keeps five releases
      recipe "site" {
        api = 1,
        revision = bundle "dist",
        targets = { "deploy@web1.example.com", "deploy@web2.example.com" },
        path = "/var/www/site",
        on = { AllowTraffic = function(host) host:run "sudo nginx -s reload" end },
      }
      """,
      """
      local function healthy(host)
        return host:try("curl -fsS localhost:8080/ready", { timeout = "5s" }).ok
      end
      recipe "web" {
        application = "web",
        revision = bundle { from = "build/web.tar.zst" },
        targets = group "production",
        path = "/srv/web",
        strategy = rolling { batch = "25%" },
        configuration = { floor = "75%", budget = { failed = 1 } },
        on = {
          BlockTraffic = function(host)
            host:run "haproxyctl drain web/$(hostname)"
            host:run("haproxyctl wait-idle web/$(hostname)", { timeout = "90s" })
          end,
          ValidateService = function(host)
            retry({ times = 20, every = "3s" }, function()
              if not healthy(host) then fail("%s is not ready", host) end
            end)
          end,
          AllowTraffic = function(host) host:run "haproxyctl enable web/$(hostname)" end,
        },
      }
      group "production" { hosts = { "web[1-9]" } }
      """,
    ] { #expect(problems(main) == []) }
  }

  @Test("a recipe with everything is read as it stands")
  func whole() throws {
    let project = try load(
      """
      configuration "careful" { floor = "75%", parallel = "10%", budget = { failed = 1, unreachable = "2%" } }

      group "production" {
        hosts = { "web[01-03].example.com", host "db" { address = "10.0.0.9", port = 22, tags = { zone = "b" }, vars = { n = 4 } } },
        user = "deploy",
        tags = { role = "web" },
      }

      recipe "web" {
        api = 1,
        application = "shop",
        revision = bundle { build = "make dist", from = "dist", ignore = { "*.map" } },
        targets = group "production",
        configuration = "careful",
        path = "/srv/shop",
        shared = { "log/", "config/local.env" },
        params = { migrate = param.boolean { default = true, help = "migrate first" } },
        stages = {
          stage.upload,
          stage "migrate" {
            when = function(deployment) return deployment.params.migrate end,
            run = function(deployment)
              deployment.targets:first():run("bin/migrate --yes", { env = { DATABASE_URL = secret "DATABASE_URL" }, timeout = "15m" })
            end,
          },
          stage.rollout { strategy = rolling { batch = "25%" } },
        },
        on = {
          ApplicationStop = function(host) host:run "sudo systemctl stop shop" end,
          ApplicationStart = function(host) host:run "sudo systemctl start shop" end,
          ValidateService = function(host) host:wait_for { http = "http://localhost:8080/ready", timeout = "2m" } end,
        },
        on_failure = function(deployment, err) log.error("%s", err) end,
      }
      """
    ).project
    let recipe = try #require(project.recipes.first)
    #expect(recipe.application == "shop")
    #expect(recipe.targets == .group("production"))
    #expect(recipe.configuration?.floor == .percent(75))
    #expect(recipe.configuration?.failed == .count(1))
    #expect(recipe.revision?.build == "make dist")
    #expect(recipe.placement.shared == ["log/", "config/local.env"])
    #expect(recipe.parameters.map(\.name) == ["migrate"])
    #expect(recipe.parameters.first?.standard == true)
    #expect(recipe.flow.stages.map(\.name) == ["upload", "migrate", "rollout"])
    guard case .rollout(let strategy?) = recipe.flow.stages[2] else { throw Failure(.failed, "no strategy") }
    #expect(strategy.name == "rolling")
    #expect(strategy.batch == .percent(25))
    #expect(recipe.flow.hooks.map(\.event) == [.applicationStart, .applicationStop, .validateService])
    #expect(recipe.flow.hooks.map { $0.place?.line } == [30, 29, 31])
    #expect(recipe.flow.onFailure.count == 1)
    #expect(recipe.secrets == ["DATABASE_URL"])
    let group = try #require(project.groups.first)
    #expect(group.hosts.map(\.name) == ["web01.example.com", "web02.example.com", "web03.example.com", "db"])
    #expect(group.hosts[3].tags == .record(of: [("role", "web"), ("zone", "b")]))
    #expect(group.hosts[3].user == "deploy")
    #expect(project.sources.map(\.path).contains("recipes/strategies/rolling.lua"))
    #expect(recipe.origins.first { $0.name == "path" }?.value == "deploy.lua:15")
  }
}
