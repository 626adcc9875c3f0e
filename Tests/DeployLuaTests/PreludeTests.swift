import DeployModel
import Foundation
import Testing

@testable import DeployLua

/// The files of the prelude: what each may use, and that none is missing in the program.
@Suite("The prelude")
struct PreludeTests {
  private static let folder = "Sources/DeployLua/Prelude"

  @Test("every file of the prelude's folder is in the program, and has a name of its own")
  func files() throws {
    let root = Shipped.root.appending(path: Self.folder)
    let found = try #require(FileManager.default.enumerator(atPath: root.path)).compactMap { $0 as? String }.filter { $0.hasSuffix(".lua") }
    #expect(Prelude.files.map(\.path) == found.map { "prelude/\($0)" }.sorted())
    for file in Prelude.files { #expect(file.text == Shipped.text(Self.folder + file.path.dropFirst("prelude".count)), "\(file.path)") }
    // Resources are embedded by file name alone, so two files may not share a name.
    #expect(Set(found.map { $0.split(separator: "/").last }).count == found.count)
  }

  /// The functions that CLua gives to every prelude.
  private static let primitives: Set<String> = [
    "ask", "assert", "data", "engine", "error", "errors", "for_recipes", "framed", "ipairs", "launcher", "load", "located", "math", "note",
    "pairs", "pcall", "place", "payload", "proxy", "raise", "rawequal", "rawget", "rawset", "register", "select", "setmetatable", "string",
    "table", "tonumber", "tostring", "trace", "type", "utf8", "where", "xpcall", "_ENV",
  ]

  @Test("files of the prelude share what they return, and no globals")
  func globals() {
    for file in Prelude.files {
      for global in GlobalName.all(in: file) {
        let isEntry = file.path == PinnedPrelude.main && ["begin_number", "load_number", "line_number", "engine"].contains(global.name)
        if global.isWritten { #expect(isEntry, "\(file.path):\(global.line) writes the global \(global.name)") }
        if !global.isWritten {
          #expect(Self.primitives.contains(global.name), "\(file.path):\(global.line) reads the global \(global.name)")
        }
      }
    }
  }

  @Test("a prelude that reads or writes a global while a deployment runs hears of it")
  func sealed() throws {
    var sources = try load(recipe("return quote 'x'")).sources
    let quote = try #require(sources.firstIndex { $0.path == "prelude/run/quote.lua" })
    for code in ["nobody_knows()", "leak = 1"] {
      sources[quote].text = try #require(Shipped.text(Self.folder + "/run/quote.lua")).replacing(
        "language.meaning(\"quote\", function(value)", with: "language.meaning(\"quote\", function(value) \(code)")
      let recipe = try LuaProject.kept("shop", in: sources)
      let plan = Rig.plan(of: recipe, hosts: 1)
      let scripts = try LuaRecipes(plan: plan, sources: [sources])
      scripts.start(1, Body(recipe: 0, function: recipe.flow.hooks[0].function), on: .host(0))
      let error = try #require(scripts.step(1, .begin).result?.error)
      #expect(error.failure.message.contains("the prelude"), "\(code): \(error)")
    }
  }

  @Test("the editor's stub is Lua, and has every word, every option and every field")
  func stub() throws {
    let vocabulary = try Vocabulary()
    let lines = EditorStub(vocabulary).lines.map { String($0.drop { $0 == " " }) }
    #expect(!LuaState.compiled(SourceFile(path: "lander.d.lua", text: lines.joined(separator: "\n")), named: "@lander.d.lua").isEmpty)
    for word in vocabulary.words where !["plugin", "plugin.dependency", "require"].contains(word.name) && !word.name.hasSuffix(".rehearse")
    {
      let name = word.name.contains(":") ? word.name : String(word.name.prefix { $0 != "." })
      let isThere = lines.contains { $0.hasPrefix("function \(name)(") || $0 == "\(name) = {}" }
      #expect(isThere, "\(word.name)")
      for field in word.fields { #expect(lines.contains { $0.hasPrefix("---@field \(field.name)") }, "\(word.name): \(field.name)") }
    }
    for field in vocabulary.objects.flatMap(\.fields) {
      #expect(
        lines.contains { $0.hasPrefix("---@field \(field.name) ") || $0.hasPrefix("---@field \(field.name)? ") }, "\(field.name)")
    }
    for library in ["json", "yaml", "base64", "url", "http", "here"] {
      #expect(lines.contains("\(library) = {}"), "\(library) is a global")
    }
    #expect(lines.contains("function param.list(given) end") && lines.contains("function log.warn(format, ...) end"))
    #expect(lines.contains("---@return fun(given: lander.options.recipe): lander.recipe"))
  }

  @Test("every word that recipes have in reach is declared, and every word that is declared is there")
  func meanings() throws {
    let declared = try Vocabulary().words.filter { $0.phases != ["test"] }
    let words = declared.map(\.name).filter { !$0.contains(":") && !["plugin", "plugin.dependency"].contains($0) }
    let inner = ["recipe.alarm", "recipe.appspec", "recipe.freeze", "recipe.traffic", "configuration.budget", "configuration.each"]
    for word in words where !inner.contains(word) {
      #expect(problems("local x = \(word)") == [], "\(word)")
    }
    let reachable = Set(words.map { $0.split(separator: ".").first.map(String.init) ?? $0 })
    let hint = problems("x = zzzzzzzzzzzz")
    #expect(!hint.isEmpty)
    for name in ["recipe", "log", "here", "print", "secret", "each"] { #expect(reachable.contains(name) || name == "here", "\(name)") }
  }

  @Test("every field that an object has is declared, and every declared field can be read")
  func fields() throws {
    let vocabulary = try Vocabulary()
    let rig = try Rig(recipe("local _ = deployment.targets"), hosts: 1)
    let facts = DeploymentFacts(plan: rig.plan, recipe: 0, described: rig.project.project).value
    let host = try #require(vocabulary.objects.first { $0.name == "host" }).fields.map(\.name)
    for member in facts["hosts"]?.list?.first?.members ?? [] { #expect(host.contains(member.name), "\(member.name)") }
    let deployment = try #require(vocabulary.objects.first { $0.name == "deployment" }).fields.map(\.name)
    for member in facts["deployment"]?.members ?? [] { #expect(deployment.contains(member.name), "\(member.name)") }
    let ofHost = try #require(vocabulary.objects.first { $0.name == "facts" }).fields.map(\.name)
    let said = facts["hosts"]?.list?.first?["facts"]?.members ?? []
    #expect(!said.isEmpty)
    for member in said { #expect(ofHost.contains(member.name), "\(member.name)") }
    let page = try #require(Shipped.text("docs/recipes.md"))
    let section = try #require(page.split(separator: "### Facts of a host").last?.split(separator: "\n## ").first)
    for name in ofHost { #expect(section.contains("`\(name)`"), "docs/recipes.md lacks \(name)") }
    let ofBoth = host.map { "local _ = host.\($0)" } + deployment.map { "local _ = deployment.\($0)" }
    let reading = ofHost.map { "local _ = host.facts.\($0)" } + ofBoth
    let whole = try Rig(recipe(reading.joined(separator: "\n")), hosts: 1)
    #expect(whole.run(try whole.hook(.validateService), on: .host(0)).result.error == nil)
  }

  @Test("an unknown fact of a host is an error with the fact that was probably meant", arguments: [true, false])
  func unknownFact(_ isPlugin: Bool) throws {
    let using = "recipe \"web\" { path = \"/srv/web\", on = { ValidateService = require \"chat\" } }"
    let main = isPlugin ? using : recipe("return host.facts.inti")
    let files = [
      "plugins/chat/plugin.lua": "return { name = \"chat\", version = \"1.0.0\", api = 1 }",
      "plugins/chat/init.lua": "return function(host) return host.facts.inti end",
    ]
    let rig = try Rig(main, hosts: 1, files: files)
    let failure = rig.run(try rig.hook(.validateService), on: .host(0)).result.error?.failure
    #expect(failure?.message == "host.facts has no inti" && failure?.fix == "did you mean init?", "\(String(describing: failure))")
  }

  @Test("facts of a host can be counted, copied and written as JSON")
  func wholeFacts() throws {
    let rig = try Rig(
      recipe(
        """
        local n = 0 for _ in pairs(host.facts) do n = n + 1 end
        if n < 5 or #json.encode(host.facts) < 50 or type(host.facts) ~= "table" then fail "no" end
        """), hosts: 1)
    #expect(rig.run(try rig.hook(.validateService), on: .host(0)).result.error == nil)
  }

  @Test("an internal fact of a host is no field of it")
  func hidden() throws {
    let rig = try Rig(recipe("return host.earlier"), hosts: 1)
    #expect(rig.run(try rig.hook(.validateService), on: .host(0)).result.error?.failure.message == "a host has no earlier")
  }
}
