import DeployCore
import DeployModel
import Testing

@testable import DeployLua

/// A newer lander that continues, or goes back to, what an older one left with its own prelude.
@Suite("Preludes that were kept with a deployment")
struct OlderPreludeTests {
  /// Kept sources of a version in which one type had another name, in its prelude and in its vocabulary.
  private func older(keepsVocabulary: Bool) throws -> [SourceFile] {
    let sources = try load(recipe("host:read(\"f\", { limit = 7 })")).sources
    return sources.compactMap { file in
      var file = file
      if file.path == "prelude/types.lua" { file.text = file.text.replacing("types.positive =", with: "types.above_zero =") }
      if file.path == Vocabulary.path {
        file.text = file.text.replacing("\"positive\"", with: "\"above_zero\"")
        return keepsVocabulary ? file : nil
      }
      return file
    }
  }

  private func request(_ sources: [SourceFile]) throws -> Request? {
    let kept = try LuaProject.kept("shop", in: sources)
    let plan = Rig.plan(of: kept, hosts: 1)
    let scripts = try LuaRecipes(plan: plan, sources: [sources])
    let hook = try #require(kept.hooks.first { $0.event == .validateService })
    scripts.start(1, Body(recipe: 0, function: hook.function), on: .host(0))
    return scripts.step(1, .begin).request
  }

  @Test("the vocabulary is kept with the prelude, and a type that has another name today is read as it was then")
  func kept() throws {
    let sources = try older(keepsVocabulary: true)
    #expect(sources.contains { $0.path == Vocabulary.path && $0.text.contains("\"above_zero\"") })
    #expect(try request(sources) == .perform(.host(0), .read(path: "f", limit: 7), timeout: nil))
    #expect(Prelude.refusal(of: sources, for: "d1", begunBy: "0.0.9") == nil)
  }

  @Test("where a kept prelude lacks what the vocabulary of today names, the deployment is refused with the version that began it")
  func refused() throws {
    let refusal = try #require(Prelude.refusal(of: try older(keepsVocabulary: false), for: "d1", begunBy: "0.0.9"))
    #expect(
      refusal.message == "deployment d1 was begun by lander 0.0.9, and this lander cannot continue it: its recipes do not know what "
        + "\"positive\" is, which is newer")
    #expect(refusal.fix?.hasPrefix("lander resume d1 or lander cancel d1 with lander 0.0.9\n") == true)
  }

  @Test("a prelude with another protocol is refused with the version too, and never replaced by ours")
  func otherProtocol() throws {
    let sources = try load(recipe("host:run 'x'")).sources.map { file in
      guard file.path == "prelude/words.lua" else { return file }
      return SourceFile(path: file.path, text: file.text.replacing("-- protocol 2", with: "-- protocol 1"))
    }
    let refusal = try #require(Prelude.refusal(of: sources, for: "d1", begunBy: "0.0.8"))
    #expect(refusal.message.contains("begun by lander 0.0.8") && refusal.message.hasSuffix("(protocol 1, and here protocol 2)"))
  }

  @Test("preludes of versions that kept no vocabulary are read as before: they know every type of today")
  func before() throws {
    let sources = try load(recipe("host:read(\"f\", { limit = 7 })")).sources.filter { $0.path != Vocabulary.path }
    #expect(Prelude.refusal(of: sources, for: "d1", begunBy: "0.0.9") == nil)
    #expect(try request(sources) == .perform(.host(0), .read(path: "f", limit: 7), timeout: nil))
    for type in Vocabulary.types {
      #expect(Prelude.files.contains { $0.text.contains("types.\(type) =") || $0.text.contains("plain(\"\(type)\"") }, "\(type)")
    }
  }

  @Test("the file says what the engine tells the prelude otherwise")
  func file() throws {
    let text = Vocabulary.file.text
    #expect(text.contains("[\"host:run\"] = ") && text.contains("\"rolling\"") && text.contains("[\"api\"] = 1"))
    #expect(text.split(separator: "\n").count > Vocabulary.functions.count)
  }
}
