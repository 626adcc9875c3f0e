import DeployLua
import DeployModel
import Testing

@Suite struct PluginTests {
  @Test("http_check gives a hook that asks the host until it answers")
  func httpCheck() throws {
    let rig = try Rig(
      """
      local http_check = require "http_check"
      local ready = http_check { url = "http://{host}:{port}/ready", port = 8080, every = "2s" }
      recipe "shop" { path = "/srv/shop", on = { ValidateService = ready } }
      """)
    var asked = 0
    let run = rig.run(try rig.hook(.validateService), on: .host(1)) { place, operation in
      asked += 1
      #expect(place == .host(1))
      #expect(operation == .check(.http(url: "http://web2:8080/ready", status: [])))
      return asked == 3 ? .done(true) : .done(false)
    }
    #expect(asked == 3)
    #expect(run.log == ["info: web2 answers on http://web2:8080/ready"])
    #expect(
      rig.project.sources.map(\.path).filter { !$0.hasPrefix("prelude/") } == [
        "deploy.lua", "plugins/http_check/init.lua", "plugins/http_check/plugin.lua", "recipes/strategies/growing.lua",
      ])
  }

  @Test("a plugin's files are its own: it reaches those beside it and no others")
  func files() {
    let manifest = "return { name = 'x', version = '1', api = 1 }"
    let files = [
      "plugins/x/plugin.lua": manifest, "plugins/x/init.lua": "return { y = require './lib/y', path = 1 }",
      "plugins/x/lib/y.lua": "return require './z'", "plugins/x/z.lua": "return 'z'",
    ]
    #expect(problems("local x = require 'x' if x.y ~= 'z' then fail 'no' end", files: files) == [])
    for path in ["./../y/init", ".//etc/passwd", "./a..b", "./", "./lib/../../deploy"] {
      var files = files
      files["plugins/x/init.lua"] = "return require '\(path)'"
      #expect(problems("require 'x'", files: files).count == 1, "\(path)")
    }
  }

  @Test("a manifest is data: it reaches nothing, and its fields are checked")
  func manifest() {
    func with(_ manifest: String) -> [String] {
      problems("require 'x'", files: ["plugins/x/plugin.lua": manifest, "plugins/x/init.lua": "return {}"])
    }
    #expect(with("return { name = 'x', version = '1', api = 1 }") == [])
    #expect(with("return { name = 'x', version = '1', api = 9 }").count == 1)
    #expect(with("return { name = 'y', version = '1', api = 1 }").count == 1)
    #expect(with("return { name = 'x', verson = '1', api = 1 }").count == 2)
    #expect(with("return { name = tostring(1), version = '1', api = 1 }").count == 1)
    #expect(with("while true do end").count == 1)
    #expect(with("return { name = ").count == 1)
  }

  @Test("a shipped recipe is built upon: data overrides, hooks and stages add up, origins say where from")
  func base() throws {
    let recipe = try #require(
      try load(
        """
        local static_site = require "recipes.static_site"
        recipe "site" {
          base = static_site { from = "dist", path = "/var/www/site", reload = "nginx -s reload", url = "http://localhost/" },
          path = "/srv/site",
          keep = 3,
          stages = { stage "warm" { run = function() end } },
          on = { ValidateService = function(host) host:run "bin/check" end },
        }
        """
      ).project.recipes.first)
    #expect(recipe.placement.path == "/srv/site")
    #expect(recipe.revision?.source == .path("dist"))
    #expect(recipe.flow.stages.map(\.name) == ["upload", "warm", "rollout"])
    #expect(
      recipe.flow.hooks.map { "\($0.event.rawValue) \($0.place?.file ?? "")" } == [
        "ApplicationStart recipes/static_site.lua", "ValidateService recipes/static_site.lua", "ValidateService deploy.lua",
      ])
    let origins = Dictionary(recipe.origins.map { ($0.name, $0.value.text ?? "") }) { first, _ in first }
    #expect(origins["path"] == "deploy.lua:4")
    #expect(origins["keep"] == "deploy.lua:5")
    #expect(origins["revision"]?.hasPrefix("recipes/static_site.lua:") == true)
  }

  @Test("a transport's argv is made when the project is read")
  func transport() throws {
    let group = try #require(
      try load(
        """
        transport "docker" (function(host)
          return { "docker", "exec", "-i", host.vars.container or host.name, "sh" }
        end)
        local b = host "b" { vars = { container = "c" } }
        group "g" { transport = "docker", hosts = { "a", b, host "l" { transport = "local", root = "/tmp/x" } } }
        """
      ).project.groups.first)
    #expect(group.hosts.map(\.argv) == [["docker", "exec", "-i", "a", "sh"], ["docker", "exec", "-i", "c", "sh"], nil])
    #expect(group.hosts.map(\.transport) == ["docker", "docker", "local"])
  }

  @Test("a command that a parameter is joined into is worth a warning")
  func warnings() throws {
    func warned(_ code: String) throws -> Int { try load(recipe(code)).project.warnings.count }
    #expect(try warned("host:run('echo ' .. deployment.params.x)") == 1)
    #expect(try warned("host:try(('echo %s'):format(deployment.params.x))") == 1)
    #expect(try warned("host:run('echo ' .. quote(deployment.params.x))") == 0)
    #expect(try warned("host:run({ 'echo', deployment.params.x })") == 0)
    #expect(try warned("host:run('echo', { env = { X = 'a' .. deployment.params.x } })") == 0)
  }

  @Test("a file that requires itself, or one that requires it, gets a next step")
  func circles() {
    func files(_ name: String, _ text: String) -> [String: String] {
      let manifest = "return { name = '\(name)', version = '1.0.0', api = 1, summary = 'x' }"
      return ["plugins/\(name)/plugin.lua": manifest, "plugins/\(name)/init.lua": text + "\nreturn {}"]
    }
    let own = problems("require 'me'", files: files("me", "local m = require 'me'"))
    #expect(own.contains { $0.hasPrefix("plugins/me/init.lua:1: require \"me\" goes round in a circle; remove the line") }, "\(own)")
    let two = problems("require 'a'", files: files("a", "require 'b'").merging(files("b", "require 'a'")) { one, _ in one })
    #expect(two.contains { $0.contains("goes round in a circle; move the shared code to a third file") }, "\(two)")
  }

  @Test("a required name that is misspelt is answered with the one that was meant")
  func near() {
    let names = ["http_check", "recipes.static_site", "recipes.strategies.canary", "slack"]
    for (wrong, right) in [
      ("htp_check", "http_check"), ("recipes.static_sites", "recipes.static_site"), ("recipes.slack", "slack"),
      ("recipes.strategies.canery", "recipes.strategies.canary"),
    ] {
      do {
        _ = try LuaProject.load(main: SourceFile(path: "deploy.lua", text: "require \"\(wrong)\""), names: { names }, read: { _ in nil })
        Issue.record("\(wrong) was found")
      } catch {
        #expect(error.list.first?.fix == "did you mean require \"\(right)\"?", "\(error.list)")
        #expect(error.list.first?.place?.line == 1)
      }
    }
  }
}
