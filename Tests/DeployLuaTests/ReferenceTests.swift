import DeployCore
import DeployLua
import DeployModel
import Foundation
import Testing

@Suite("The reference")
struct ReferenceTests {
  private static let modules = ["haproxy", "http_check", "nginx", "notify", "prometheus", "recipes.appspec", "recipes.static_site"]
  private static func vocabulary() throws -> Vocabulary { try Vocabulary(reading: modules) { Shipped.text($0) } }

  @Test("docs/reference is what is declared; lander help-pages --reference docs/reference brings it up to date")
  func fresh() throws {
    let files = Reference(try Self.vocabulary()).files
    let there = try FileManager.default.contentsOfDirectory(atPath: Shipped.root.appending(path: "docs/reference").path)
    #expect(there.sorted() == files.map(\.name).sorted())
    for file in files {
      let kept = Shipped.text("docs/reference/\(file.name)")
      #expect(kept == file.text, "docs/reference/\(file.name) is stale: lander help-pages --reference docs/reference")
    }
  }

  @Test("the reference has the options of every shipped module and strategy")
  func modules() throws {
    let folder = Shipped.root.appending(path: "recipes/strategies").path
    let strategies = try FileManager.default.contentsOfDirectory(atPath: folder).map { $0.replacing(".lua", with: "") }
    let names = try Self.vocabulary().schemas.map(\.name)
    for name in strategies + ["haproxy", "http_check", "nginx", "notify", "static_site"] { #expect(names.contains(name), "\(name)") }
  }

  @Test("every word, object, field, option, type, event, capability and kind of error stands in the reference")
  func whole() throws {
    let vocabulary = try Self.vocabulary()
    let text = Reference(vocabulary).files.map(\.text).joined()
    for word in vocabulary.words {
      #expect(text.contains("\n### \(word.name)\n"), "\(word.name)")
      #expect(!word.example.isEmpty && text.contains(word.example), "\(word.name) has no example")
      #expect(!word.summary.isEmpty && !word.phases.isEmpty)
      for field in word.fields { #expect(text.contains("| `\(field.name)`"), "\(word.name).\(field.name)") }
    }
    for object in vocabulary.objects { #expect(text.contains("\n## \(object.name)\n"), "\(object.name)") }
    for name in vocabulary.typeNames { #expect(text.contains("\n| \(name) | "), "\(name)") }
    let terms = vocabulary.events + vocabulary.errors + vocabulary.capabilities
    for term in terms { #expect(text.contains("| `\(term.name)` |"), "\(term.name)") }
  }

  @Test("events and kinds of errors are those of the engine, and words raise only such kinds")
  func terms() throws {
    let vocabulary = try Vocabulary()
    #expect(vocabulary.events.map(\.name) == LifecycleEvent.allCases.map(\.rawValue))
    let kinds = vocabulary.errors.map(\.name)
    for kind in kinds { #expect(Failure.Kind(rawValue: kind) != nil, "\(kind)") }
    for word in vocabulary.words {
      for error in word.errors { #expect(kinds.contains(error), "\(word.name): \(error)") }
    }
  }

  @Test("a capability that a word needs is refused to a plugin without it, by that name")
  func needs() throws {
    for word in try Vocabulary().words where word.name.hasPrefix("host:") && word.needs != nil && word.name != "host:wait_for" {
      let main = """
        recipe "web" { path = "/srv/web", on = { ApplicationStart = require "chat" } }
        """
      let files = [
        "plugins/chat/plugin.lua": "return { name = \"chat\", version = \"1.0.0\", api = 1, capabilities = {} }",
        "plugins/chat/init.lua": "return function(host) \(word.name)(\"a\", \"b\") end",
      ]
      let rig = try Rig(main, hosts: 1, files: files)
      let error = rig.run(try rig.hook(.applicationStart), on: .host(0)).result.error
      #expect(error?.failure.message.contains("needs \"\(word.needs ?? "")\"") == true, "\(word.name): \(String(describing: error))")
    }
  }

  @Test("what is looked up is found by its whole name, its field, its method and its term, and programs get the same")
  func lookup() throws {
    let index = ReferenceIndex(try Self.vocabulary())
    #expect(index.entries(named: "host:run").map(\.name) == ["host:run"])
    #expect(index.entries(named: "recipe.keep").first?.lines.contains("Default: 5") == true)
    #expect(index.entries(named: "keep").map(\.name) == ["recipe.keep"])
    #expect(index.methods(named: "run").map(\.name).contains("here:run"))
    #expect(index.entries(named: "canary").contains { $0.lines.contains { $0.hasPrefix("  batch: ") } })
    #expect(index.entries(named: "ValidateService").count == 1 && index.entries(named: "noSpace").count == 1)
    #expect(index.entries(named: "local.exec").map(\.name) == ["local.exec:PROGRAM"])
    #expect(index.entries(named: "hots:run").isEmpty && NearMatch.of("hots:run", among: index.names) == "host:run")
    #expect(index.entries(named: "host.facts").first?.lines.contains { $0.hasPrefix("  memory_bytes: ") } == true)
    #expect(index.entries(named: "host.facts.memory_bytes").map(\.name) == ["facts.memory_bytes"])
    #expect(index.entries(named: "memory_bytes").map(\.name) == ["facts.memory_bytes"])
    let params = index.entries(named: "deployment.params").first?.lines
    #expect(params == ["deployment.params: a table { … }", "the recipe's parameters by name", "See: lander docs deployment"])
    #expect(index.entries(named: "error.stderr").count == 1 && index.entries(named: "rollout.targets").count == 1)
    #expect(NearMatch.of("deployment.parms", among: index.names) == "deployment.params")
    #expect(index.entries(named: "host:service").first?.lines.contains { $0.hasPrefix("  action: \"start\" or \"stop\"") } == true)
    for object in try Self.vocabulary().objects {
      for field in object.fields { #expect(!index.entries(named: "\(object.name).\(field.name)").isEmpty, "\(object.name).\(field.name)") }
    }
    let value = try #require(index.entries(named: "host:run").first?.value)
    #expect(value["needs"]?.text == "host.run" && value["errors"]?.list?.first?.text == "command")
  }
}
