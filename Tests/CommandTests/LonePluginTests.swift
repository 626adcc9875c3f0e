import SchemaCheck
import Testing

/// Tests commands in the folder of a plugin that has no project around it.
@Suite("A plugin alone") struct LonePluginTests {
  private static func plugin(_ name: String = "chat", body: String = "host:run \"true\"") throws -> Workplace {
    try Workplace([
      "chat/plugin.lua": """
      return { name = "\(name)", version = "1.2.0", api = 1, summary = "Says hello.", capabilities = { "host.run" } }
      """,
      "chat/init.lua": "local said = require \"./said\"\nreturn function(host)\n  said(host)\n  \(body)\nend\n",
      "chat/said.lua": "return function(host) log.info(\"hello %s\", host.name) end\n",
      "chat/spec/chat_spec.lua": """
      local chat = require "chat"
        it("gives a function", function(t) t:expect(type(chat)):equals "function" end)
      """,
    ])
  }

  @Test("check, audit and test look at the plugin that is in the folder")
  func good() throws {
    let place = try Self.plugin()
    let check = try place.lander("check", "-C", "chat")
    #expect(check.code == 0 && check.out == "Plugin chat 1.2.0 is fine. It asks for: host.run.\n", "\(check.everything)")
    let json = try place.lander("check", "-C", "chat", "--json")
    #expect(json.out.contains("\"plugin\":\"chat\"") && json.out.contains("\"asks\":[\"host.run\"]"), "\(json.everything)")
    let schema = try Schema("docs/schemas/result.schema.json")
    let checked = try #require(try Node(json.out)["result"])
    #expect(schema.faults(of: checked, as: "check").isEmpty, "\(json.out)")
    let audit = try place.lander("plugin", "audit", "-C", "chat")
    #expect(audit.code == 0 && audit.out.contains("host.run") && audit.out.contains("if a project grants it"), "\(audit.everything)")
    let audited = try place.lander("plugin", "audit", "-C", "chat", "--json")
    let asked = try #require(try Node(audited.out)["result"])
    #expect(schema.faults(of: asked, as: "plugin audit").isEmpty, "\(audited.out)")
    let test = try place.lander("test", "-C", "chat")
    #expect(test.code == 0 && test.out.contains("All passed: 1 test"), "\(test.everything)")
  }

  @Test("a call without its capability is a warning, and a mistake in its files is a problem, with the line in the plugin's own folder")
  func bad() throws {
    let asking = try Self.plugin(body: "host:write(\"/etc/x\", \"y\")").lander("check", "-C", "chat")
    #expect(asking.code == 0 && asking.everything.contains("init.lua:4: plugin \"chat\" calls host:write"), "\(asking.everything)")
    let misspelt = try Self.plugin(body: "host:rum \"x\"").lander("check", "-C", "chat")
    #expect(!misspelt.everything.contains("plugins/chat"), "\(misspelt.everything)")
    let broken = try Self.plugin(body: "if then").lander("check", "-C", "chat")
    #expect(broken.code == 2 && broken.everything.contains("init.lua:4: "), "\(broken.everything)")
    let unnamed = try Self.plugin("no name").lander("check", "-C", "chat")
    #expect(unnamed.code == 2 && unnamed.everything.contains("plugin.lua:1: "), "\(unnamed.everything)")
  }

  @Test("a lab says that it needs a project, and how to write one")
  func lab() throws {
    let place = try Self.plugin()
    let lab = try place.lander("test", "--lab", "-C", "chat")
    #expect(lab.code == 2 && lab.everything.contains("a lab deploys the recipes of a deploy.lua, and "), "\(lab.everything)")
    #expect(lab.everything.contains("lander plugin add"), "\(lab.everything)")
    // In a project, the folder of a plugin is a part of it.
    try place.write("recipe \"web\" { path = \"/srv/web\" }\n", to: "deploy.lua")
    let other = try place.lander("plan", "-C", "chat")
    #expect(other.code == 2 && other.everything.contains("there is no deploy.lua"), "\(other.everything)")
  }

  @Test("a source of a plugin that does not exist says what a source is")
  func source() throws {
    let place = try Workplace(["deploy.lua": "recipe \"web\" { path = \"/srv/web\" }\n", "file": ""])
    let missing = try place.lander("plugin", "add", "nowhere")
    #expect(missing.code == 2 && missing.everything.contains("there is no folder "), "\(missing.everything)")
    #expect(missing.everything.contains("→ name a folder that has a plugin.lua, or the URL of a git repository"), "\(missing.everything)")
    let file = try place.lander("plugin", "add", "file")
    #expect(file.code == 2 && file.everything.contains("→ name the folder that has the plugin.lua"), "\(file.everything)")
  }
}
