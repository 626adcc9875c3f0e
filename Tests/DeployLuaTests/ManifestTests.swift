import DeployLua
import DeployModel
import Testing

/// Every field of a `plugin.lua` is checked, and every field has an effect.
@Suite struct ManifestTests {
  private func with(_ fields: String, _ files: [String: String] = ["plugins/x/init.lua": "return {}"]) -> [String] {
    problems(
      "local x = require 'x'",
      files: files.merging(["plugins/x/plugin.lua": "return {\n name = 'x', version = '1.0.0', api = 1,\n\(fields)\n}"]) { first, _ in first
      })
  }

  @Test("all that is wrong with a manifest is told at once, with near matches and lines")
  func atOnce() {
    let found = with(
      """
      licence = 'MIT', main = '../x.lua', capabilities = { 'host.rum', 'secret', 'local.read:../..' },
      dependencies = { y = '^one' },
      options = { port = { kind = 'intger' } },
      """)
    #expect(
      found == [
        "plugins/x/plugin.lua:3: plugin.lua of plugin \"x\" has no field \"licence\"; did you mean license?",
        "plugins/x/plugin.lua:3: main of plugin.lua of plugin \"x\" must be a file of the plugin such as \"init.lua\" or \"lib/main.lua\", "
          + "got \"../x.lua\"",
        "plugins/x/plugin.lua:3: capabilities of plugin \"x\": there is no capability \"host.rum\"; did you mean \"host.run\"?",
        "plugins/x/plugin.lua:3: capabilities of plugin \"x\": \"secret\" does not say which one; write \"secret:…\"",
        "plugins/x/plugin.lua:3: capabilities of plugin \"x\": \"local.read:../..\" names nothing that could be reached; "
          + "write the name or the path after the colon, without ..",
        "plugins/x/plugin.lua:4: version of dependency \"y\" of plugin \"x\" must be versions such as \"^1.2\", \"~1.2.3\", "
          + "\">=1.0 <2\" or \"*\", got \"^one\"",
        "plugins/x/plugin.lua:5: option \"port\" of plugin \"x\" needs a name, and a kind in { kind = \"string\" }; "
          + "did you mean \"integer\"?",
      ])
  }

  @Test("a version is a semantic one, and what it leaves out counts as 0", arguments: ["1", "1.2", "1.2.3", "0.1.0-rc.1", "10.20.30"])
  func versions(_ version: String) {
    func with(_ version: String) -> Int {
      problems(
        "require 'x'",
        files: ["plugins/x/plugin.lua": "return { name = 'x', version = '\(version)', api = 1 }", "plugins/x/init.lua": "return {}"]
      ).count
    }
    #expect(with(version) == 0)
    #expect(PluginVersion(version) != nil)
    for wrong in ["", "v1", "1.", "1.2.3.4", "01.2", "1.x", "1.2.3-", "1 .2", "-1"] {
      #expect(with(wrong) == 1, "\(wrong)")
      #expect(PluginVersion(wrong) == nil, "\(wrong)")
    }
  }

  @Test("a plugin for a newer API level is refused with what to take instead")
  func newer() {
    let manifest = "return { name = 'x', version = '2.0.0', api = 2 }"
    #expect(
      problems("require 'x'", files: ["plugins/x/plugin.lua": manifest, "plugins/x/init.lua": "return {}"]) == [
        "plugins/x/plugin.lua:1: plugin \"x\" needs API 2, and this lander has API 1; "
          + "take a version of it for API 1, or a lander that has API 2"
      ])
  }

  @Test("main names the file that require reads, inside the plugin")
  func main() {
    let files = ["plugins/x/lib/start.lua": "return require './lib/more'", "plugins/x/lib/more.lua": "return 'more'"]
    #expect(with("main = 'lib/start.lua'", files) == [])
    #expect(
      with("", files) == ["deploy.lua:1: plugin \"x\" has no init.lua; write it, or name another file: main = \"…\" in plugin.lua"])
    #expect(with("main = 'lib/none.lua'", files).count == 1)
  }

  @Test("options that the manifest declares are read by options(given), and refused in the words of the plugin")
  func options() {
    let files = ["plugins/x/init.lua": "return function(given) local o = options(given) return o.channel .. o.size end"]
    func use(_ call: String) -> [String] {
      let manifest = """
        return { name = 'x', version = '1.0.0', api = 1, options = {
          channel = { kind = 'string', required = true, match = '^#' }, size = { kind = 'integer', default = 3, max = 9 },
        } }
        """
      return problems(
        "local x = require 'x' local said = x \(call) if said ~= '#a3' then error(said) end",
        files: files.merging(["plugins/x/plugin.lua": manifest]) { first, _ in first })
    }
    #expect(use("{ channel = '#a' }") == [])
    #expect(use("{ chanel = '#a' }").contains { $0.contains("there is no option \"chanel\"; did you mean \"channel\"?") })
    #expect(use("{ channel = '#a', size = 10 }").contains { $0.contains("option \"size\" must be a whole number up to 9, got 10") })
  }

  @Test("a manifest alone is read for whoever adds it, and what it says comes back")
  func alone() throws {
    let text = """
      return { name = "chat", version = "1.2", api = 1, summary = "Posts", license = "MIT",
        capabilities = { "secret:T", "host.run", "host.run" },
        dependencies = { b = "^1", a = { source = "https://example.com/a", version = "*" } }, options = { z = { kind = "string" } } }
      """
    let manifest = try ManifestText.read(text, path: "plugin.lua")
    #expect(manifest.version.description == "1.2.0" && manifest.capabilities == ["host.run", "secret:T"])
    #expect(manifest.dependencies.map(\.name) == ["a", "b"] && manifest.dependencies.first?.source == "https://example.com/a")
    #expect(manifest.options == ["z"] && manifest.main == "init.lua" && manifest.license == "MIT")
    for wrong in ["return 1", "while true do end", "return { name = '../x', version = '1', api = 1 }", "os.exit()", ""] {
      #expect(throws: Problems.self) { try ManifestText.read(wrong, path: "plugin.lua") }
    }
  }

  @Test("a plugin that depends on itself is refused with its line")
  func itself() {
    #expect(
      with("dependencies = { x = '^1' },") == [
        "plugins/x/plugin.lua:3: plugin \"x\" depends on itself; take it out of dependencies; require \"./file\" reads another file of it"
      ])
  }

  @Test("a version of a dependency that is not good is refused with both plugins")
  func dependencies() {
    func with(_ range: String) -> [String] {
      problems(
        "require 'x'",
        files: [
          "plugins/x/plugin.lua": "return { name = 'x', version = '1.0.0', api = 1, dependencies = { y = '\(range)' } }",
          "plugins/x/init.lua": "return require 'y'", "plugins/y/init.lua": "return {}",
          "plugins/y/plugin.lua": "return { name = 'y', version = '1.4.0', api = 1 }",
        ])
    }
    #expect(with("^1.2") == [])
    #expect(with("^2").first?.contains("plugin \"x\" needs y ^2, and the project has 1.4.0") == true)
  }
}
