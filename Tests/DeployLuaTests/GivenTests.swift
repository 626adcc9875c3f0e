import DeployCore
import DeployLua
import DeployModel
import Testing

@Suite("What a recipe reads while it is read") struct GivenTests {
  /// Returns a recipe whose hook logs a text. The code before the recipe reads the values for the text.
  private func logging(_ before: String, _ text: String) -> String {
    """
    \(before)
    recipe "shop" { path = "/srv/shop", on = { ValidateService = function(host) log.info("%s", \(text)) end } }
    """
  }
  private func said(_ before: String, _ text: String, files: [String: String] = [:]) throws -> String {
    try #require(try Rig(logging(before, text), files: files).begin(.validateService).log.first?.text)
  }

  @Test("texts, JSON, variables and lines of an environment file reach hooks as they were read")
  func reads() throws {
    let files = [
      "config/motd": "hello\n", "hosts.json": #"{"web": ["a", "b"], "port": 8080}"#, "$REGION": "eu-1",
      "app.env": "# of the app\nPORT=80\nexport NAME='a b'\nLINE=\"one\\ntwo\" # said\nEMPTY=\nPLAIN=x y # not this\n",
    ]
    #expect(try said(#"local t = read_text "config/motd""#, "t", files: files) == "hello\n")
    #expect(try said(#"local j = read_json "hosts.json""#, "j.web[2] .. j.port", files: files) == "b8080")
    #expect(try said(#"local r = env "REGION""#, "r", files: files) == "eu-1")
    #expect(try said(#"local r = env("ZONE", "b")"#, "r", files: files) == "b")
    let all = #"e.PORT .. "|" .. e.NAME .. "|" .. e.LINE .. "|" .. e.EMPTY .. "|" .. e.PLAIN"#
    #expect(try said(#"local e = read_dotenv "app.env""#, all, files: files) == "80|a b|one\ntwo||x y")
  }

  @Test("what was read is among the sources, and is all that a resume needs: files and variables may be gone or different")
  func pinned() throws {
    let main = logging(#"local t, r, d = read_text "a/b", env "REGION", env("ZONE", "none")"#, "t .. r .. d")
    let project = try load(main, files: ["a/b": "old", "$REGION": "eu"])
    #expect(project.sources.contains { $0.path == "a/b" && $0.text == "old" })
    #expect(project.sources.contains { $0.path == "$REGION" && $0.text == "eu" })
    let recipe = try LuaProject.kept("shop", in: project.sources)
    let scripts = try LuaRecipes(plan: Rig.plan(of: recipe, hosts: 1), sources: [project.sources])
    let rig = Rig(project: project, recipe: recipe, plan: Rig.plan(of: recipe, hosts: 1), scripts: scripts)
    #expect(try rig.begin(.validateService).log.first?.text == "oldeunone")
    let other = try load(main, files: ["a/b": "new", "$REGION": "eu"])
    #expect(other.sources != project.sources, "a recipe that reads something else is another one")
  }

  @Test("what is missing, leads out of the project or speaks of a secret is refused with its line and the next step")
  func refusals() {
    for (code, message) in [
      (#"read_text "nope""#, "has no such file; paths begin at the folder of deploy.lua"),
      (#"read_text "../x""#, #"no path below the folder of deploy.lua; as in "config/app.json""#),
      (#"read_text "/etc/passwd""#, "no path below the folder"), (#"read_text "a//b""#, "no path below the folder"),
      (#"read_text "$HOME""#, "no path below the folder"), ("read_text(5)", "takes a name in quotes, got 5"),
      (#"env "NOT_SET""#, #"the environment has no NOT_SET; set it, or give a default: env("NOT_SET", "…")"#),
      (#"env "a-b""#, "is no name of a variable"), (#"env "DB_PASSWORD""#, #"write secret "DB_PASSWORD""#),
      (#"env "STRIPE_KEY""#, #"write secret "STRIPE_KEY""#), (#"env "DB_PASS""#, #"write secret "DB_PASS""#),
      (#"env "SSH_PASSPHRASE""#, #"write secret "SSH_PASSPHRASE""#),
      (#"env("X", 5)"#, "the default of env is a string, got 5"),
    ] {
      let found = problems("local x = \(code)\n" + logging("", "'x'"))
      #expect(found.count == 1 && found[0].hasPrefix("deploy.lua:1: ") && found[0].contains(message), "\(code): \(found)")
    }
    let dotenv = problems(#"local e = read_dotenv "e""#, files: ["e": "A=1\nB\nC='x\nAPI_TOKEN=1\nD=\"x\" y"])
    #expect(
      dotenv.map { $0.prefix(4) } == ["e:2:", "e:3:", "e:4:", "e:5:"], "each line has its own problem, in the file that has it: \(dotenv)")
    #expect(problems(#"local j = read_json "j""#, files: ["j": "{\n\"a\": }"]).first?.hasPrefix("j:2: read_json: this is no JSON") == true)
  }

  @Test("a plugin reads nothing of the project: the recipe gives it what it needs")
  func plugins() {
    let files = ["plugins/sly/plugin.lua": #"return { api = 1 }"#, "plugins/sly/init.lua": #"return { t = env("HOME", "") }"#]
    let found = problems(#"local sly = require "sly""#, files: files)
    #expect(
      found.contains { $0.contains("a plugin cannot read the project") && $0.contains("give it to sly as an option") }, "\(found)")
  }

  @Test("a word that reads says in a hook that it belongs to the top of the file")
  func phases() throws {
    for word in [#"env "HOME""#, #"read_text "x""#, #"read_json "x""#, #"read_dotenv "x""#, #"template "x""#] {
      let error = try #require(try Rig(recipe("local x = \(word)")).begin(.validateService).result?.error, "\(word)")
      #expect(error.failure.message.contains("is read before one starts"), "\(word): \(error.failure)")
    }
  }

  @Test("a template gives its text with values in their places, and names a place without a value")
  func templates() throws {
    let files = ["v": "server {{ name }};\nlisten {{port}};\n"]
    #expect(try said(#"local v = template "v""#, "v { name = host.name, port = 80 }", files: files) == "server web1;\nlisten 80;\n")
    let missing = try Rig(logging(#"local v = template "v""#, "v { nane = 'x', port = 80 }"), files: files).begin(.validateService)
    #expect(missing.result?.error?.failure.message == #"template "v" has a place {{ name }}, and no value was given"#)
    #expect(missing.result?.error?.failure.fix?.contains("nane") == true)
    let wrong = problems(#"local v = template "v""#, files: ["v": "a\nb {{ not a name }}"])
    #expect(wrong.count == 1 && wrong[0].hasPrefix("v:2: template: {{ begins a place that has no name"), "\(wrong)")
    for text in ["a\nb {{}}", "a\n{{ }} c", "a\n{{{{ name }}"] {
      let empty = problems(#"local v = template "v""#, files: ["v": text])
      #expect(empty.count == 1 && empty[0].hasPrefix("v:2: template: {{ begins a place that has no name"), "\(text): \(empty)")
    }
    let exact = #"local v = template "v""#
    #expect(try said(exact, "v { name = 1234567890.123456, port = 0.1 }", files: files) == "server 1234567890.123456;\nlisten 0.1;\n")
  }
}
