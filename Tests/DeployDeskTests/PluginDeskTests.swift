import DeployDesk
import DeployModel
import Testing

@Suite struct PluginDeskTests {
  let memory = PluginMemory()
  var desk: PluginDesk { PluginDesk(sources: memory, shelf: memory) }

  private func locked() throws -> [String] { try memory.lock()?.plugins.map { "\($0.name) \($0.version)" } ?? [] }

  private func refused(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch let problems as Problems {
      return problems.list.map { $0.message + ($0.fix.map { "; \($0)" } ?? "") }.joined(separator: "\n")
    } catch { return "\(error)" }
  }

  private func range(_ text: String) throws -> VersionRange { try #require(VersionRange(text)) }

  @Test("add takes the newest version that fits, with what it requires, and records what each asks for")
  func add() throws {
    for version in ["1.0.0", "1.2.0", "1.10.0", "2.0.0"] {
      try memory.publish("chat", version, asks: ["host.run"], requires: ["json = { source = 'git://x/json', version = '^0.3' }"])
    }
    for version in ["0.3.0", "0.3.9", "0.4.0"] { try memory.publish("json", version) }
    let changes = try desk.add("git://x/chat", try range("^1.2"))
    #expect(changes.map { "\($0.name) \($0.after?.description ?? "")" } == ["chat 1.10.0", "json 0.3.9"])
    let lock = try #require(try memory.lock())
    #expect(lock["chat"]?.capabilities == ["host.run"] && lock["chat"]?.wanted?.description == "^1.2" && lock["json"]?.wanted == nil)
    #expect(try desk.verify().allSatisfy { $0.problem == nil })
  }

  @Test("a version that asks for more is refused with the difference, and taken only if somebody accepts it")
  func more() throws {
    try memory.publish("chat", "1.0.0", asks: ["host.run"])
    _ = try desk.add("git://x/chat", .any)
    try memory.publish("chat", "1.1.0", asks: ["host.run", "secret:TOKEN"])
    let said = refused { _ = try desk.update([]) }
    #expect(said.hasPrefix("chat 1.1.0 asks for more than 1.0.0:\n+ secret:TOKEN; "), "\(said)")
    #expect(try locked() == ["chat 1.0.0"])
    #expect(try desk.update(["chat"], accepts: true).map(\.more) == [["secret:TOKEN"]])
    #expect(try locked() == ["chat 1.1.0"])
    #expect(try desk.update([]).isEmpty)
  }

  @Test("a plugin of another source takes no place and no grants of one that is there, unless somebody accepts it")
  func moved() throws {
    try memory.publish("chat", "1.0.0", asks: ["host.run"])
    _ = try desk.add("git://x/chat", .any)
    try memory.publish("chat", "1.0.1", at: "git://evil/chat")
    let said = refused { _ = try desk.add("git://evil/chat", .any) }
    #expect(said.hasPrefix("chat is there from git://x/chat, and this one comes from git://evil/chat"), "\(said)")
    #expect(try memory.lock()?["chat"]?.source == "git://x/chat")
    #expect(try desk.add("git://evil/chat", .any, accepts: true).map(\.name) == ["chat"])
  }

  @Test("a version that does by a plugin of lander what it does not ask for is refused")
  func borrowed() throws {
    try memory.publish("chat", "1.0.0")
    _ = try desk.add("git://x/chat", .any)
    try memory.publish("chat", "1.0.1", requires: ["http_check = '*'"])
    let said = refused { _ = try desk.update([]) }
    #expect(said.hasPrefix("plugin chat requires http_check, which comes with lander and does what host.check is for"), "\(said)")
    #expect(try locked() == ["chat 1.0.0"])
  }

  @Test("a plugin for a newer API level is passed by for an older version, and refused with what helps if there is none")
  func newer() throws {
    try memory.publish("chat", "2.0.0", api: 2)
    #expect(refused { _ = try desk.add("git://x/chat", .any) }.contains("needs API 2, and this lander has API 1"))
    try memory.publish("chat", "1.0.0")
    _ = try desk.add("git://x/chat", .any)
    #expect(try locked() == ["chat 1.0.0"])
  }

  @Test("what cannot be resolved is refused, and the lock stays as it is")
  func unresolved() throws {
    try memory.publish("a", "1.0.0", requires: ["b = { source = 'git://x/b', version = '*' }"])
    try memory.publish("b", "1.0.0", requires: ["a = { source = 'git://x/a', version = '*' }"])
    #expect(refused { _ = try desk.add("git://x/a", .any) }.contains("in a circle: a → b → a"))
    try memory.publish("c", "1.0.0", requires: ["nobody = '^1'"])
    #expect(refused { _ = try desk.add("git://x/c", .any) }.contains("does not say where that is"))
    try memory.publish("d", "1.0.0", requires: ["http_check = '^2'"])
    #expect(refused { _ = try desk.add("git://x/d", .any) }.contains("this lander has 1.0.0"))
    try memory.publish("e", "1.0.0")
    #expect(refused { _ = try desk.add("git://x/e", try range("^3")) }.contains("it has 1.0.0"))
    #expect(refused { _ = try desk.add("git://x/none", .any) }.contains("there is no git://x/none"))
    memory.own("e")
    #expect(refused { _ = try desk.add("git://x/e", .any) }.contains("of its own, in plugins/e"))
    for source in ["", "--upload-pack=evil", "a\nb", "https://me:secret@x/y"] {
      #expect(!refused { _ = try desk.add(source, .any) }.isEmpty, "\(source)")
    }
    #expect(try memory.lock() == nil)
  }

  @Test("two plugins get one version of a third, and an impossible one is refused with both")
  func one() throws {
    for version in ["1.0.0", "1.5.0", "2.0.0"] { try memory.publish("base", version) }
    try memory.publish("a", "1.0.0", requires: ["base = { source = 'git://x/base', version = '^1' }"])
    try memory.publish("b", "1.0.0", requires: ["base = { source = 'git://x/base', version = '<1.5' }"])
    try memory.publish("c", "1.0.0", requires: ["base = { source = 'git://x/base', version = '^2' }"])
    _ = try desk.add("git://x/a", .any)
    _ = try desk.add("git://x/b", .any)
    #expect(try locked() == ["a 1.0.0", "b 1.0.0", "base 1.0.0"])
    #expect(refused { _ = try desk.add("git://x/c", .any) }.contains("^2 (c)"))
    #expect(refused { _ = try desk.remove("base") }.contains("required by a, b"))
    _ = try desk.remove("a")
    #expect(try locked() == ["b 1.0.0", "base 1.0.0"])
    _ = try desk.remove("b")
    #expect(try locked() == [])
  }

  @Test("verify asks no source: missing, altered and over-asking plugins are named, each with what helps")
  func verify() throws {
    try memory.publish("chat", "1.0.0", asks: ["host.run"])
    _ = try desk.add("git://x/chat", .any)
    let asked = memory.asked
    func problem() throws -> String { try desk.verify()[0].problem.map { $0.message } ?? "" }
    #expect(try problem() == "")
    memory.forgetCopies()
    #expect(try problem() == "plugin chat 1.0.0 is in deploy.lock and not on this machine")
    #expect(memory.asked == asked)
    #expect(try desk.fetch().map(\.name) == ["chat"])
    #expect(try desk.vendor().map(\.name) == ["chat"])
    memory.forgetCopies()
    #expect(try problem() == "" && desk.verify()[0].isVendored)
    #expect(try desk.fetch().isEmpty)
    try memory.alter(vendored: "chat")
    #expect(try problem() == "plugin chat is altered: vendor/lander/chat is not what deploy.lock recorded")
    try memory.removeVendored("chat")
    _ = try desk.fetch()
    var plugin = try #require(try memory.lock()?["chat"])
    plugin.capabilities = []
    memory.put(PluginLock([plugin]))
    #expect(try problem() == "plugin chat asks for more than deploy.lock recorded:\n+ host.run")
    memory.own("chat")
    #expect(try problem() == "plugin chat is in deploy.lock and in plugins/chat")
  }

  @Test("fetch takes what the lock recorded and nothing else")
  func exact() throws {
    try memory.publish("chat", "1.0.0", at: "folder", isFolder: true)
    _ = try desk.add("folder", .any)
    memory.forgetCopies()
    try memory.publish("chat", "1.0.0", at: "folder", isFolder: true, code: "return 'evil'")
    #expect(refused { _ = try desk.fetch() }.contains("is not what deploy.lock recorded"))
    #expect(try desk.update([]).map(\.name) == ["chat"])
    #expect(try desk.fetch().isEmpty)
  }

  @Test(
    "what follows the last @ is a range only if it reads as one",
    arguments: [
      ("x@^1.2", "x", "^1.2"), ("git@host:team/x", "git@host:team/x", "*"), ("git@host:team/x@1.0.0", "git@host:team/x", "1.0.0"),
      ("ssh://me@host/x.git", "ssh://me@host/x.git", "*"), ("../x@>=1 <2", "../x", ">=1 <2"), ("x@", "x@", "*"),
    ])
  func references(text: String, source: String, range: String) {
    let reference = PluginReference(text)
    #expect(reference.source == source && reference.range.description == range)
  }

  @Test("a plugin's digest changes with each byte, name and mode, and not with the order of its files")
  func digests() throws {
    func digest(_ files: [PluginTree.File]) throws -> Digest { memory.digest(of: try PluginTree(files)) }
    let (a, b) = (PluginTree.File("a", bytes: [1, 2]), PluginTree.File("b", bytes: [3]))
    let whole = try digest([a, b])
    #expect(try digest([b, a]) == whole)
    for other in [
      [a], [a, PluginTree.File("b", bytes: [4])], [a, PluginTree.File("c", bytes: [3])],
      [a, PluginTree.File("b", isExecutable: true, bytes: [3])],
      [PluginTree.File("a", bytes: [1]), PluginTree.File("b", bytes: [2, 3])],
    ] { #expect(try digest(other) != whole) }
    for path in ["../x", "/x", "a/../b", "a//b", ".git/config", "a/.GIT/x", "a\\b", "a\nb", "", "."] {
      #expect(throws: Problem.self) { try PluginTree([PluginTree.File(path, bytes: [])]) }
    }
    #expect(throws: Problem.self) { try PluginTree([a, a]) }
    #expect(throws: Problem.self) { try PluginTree((0...PluginTree.mostFiles).map { PluginTree.File("f\($0)", bytes: []) }) }
  }
}
