import DeployLua
import DeployModel
import Testing

@Suite struct DescriptionTests {
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
    #expect(recipe.shared == ["log/", "config/local.env"])
    #expect(recipe.parameters.map(\.name) == ["migrate"])
    #expect(recipe.parameters.first?.standard == true)
    #expect(recipe.stages.map(\.name) == ["upload", "migrate", "rollout"])
    guard case .rollout(let strategy?) = recipe.stages[2] else { throw Failure(.failed, "no strategy") }
    #expect(strategy.name == "rolling")
    #expect(strategy.batch == .percent(25))
    #expect(recipe.hooks.map(\.event) == [.applicationStart, .applicationStop, .validateService])
    #expect(recipe.hooks.map { $0.place?.line } == [30, 29, 31])
    #expect(recipe.onFailure.count == 1)
    #expect(recipe.secrets == ["DATABASE_URL"])
    let group = try #require(project.groups.first)
    #expect(group.hosts.map(\.name) == ["web01.example.com", "web02.example.com", "web03.example.com", "db"])
    #expect(group.hosts[3].tags == .record(of: [("role", "web"), ("zone", "b")]))
    #expect(group.hosts[3].user == "deploy")
    #expect(project.sources.map(\.path).contains("recipes/strategies/rolling.lua"))
    #expect(recipe.origins.first { $0.name == "path" }?.value == "deploy.lua:15")
  }
}
