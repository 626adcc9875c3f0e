import DeployModel
import DeployStore
import Foundation
import Testing

@Suite("The state folder")
struct StateDirectoryTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("it is made for its owner only, and git leaves it alone")
  func made() throws {
    let state = try folder.state("a/b")
    #expect(try folder.mode(of: "a/b") == 0o700)
    #expect(try folder.mode(of: "a/b/spool") == 0o700)
    #expect(try String(contentsOfFile: state.path + "/.gitignore", encoding: .utf8) == "*\n")
    #expect(throws: Never.self) { try folder.state("a/b") }
  }

  @Test("one of a newer version is refused in words, and nothing in it is touched")
  func newer() throws {
    _ = try folder.state()
    try folder.write("2\n", to: "state/version")
    let problems = try #require(throws: Problems.self) { try folder.state() }
    #expect(problems.exit == .refused)
    #expect(problems.list[0].message.contains("newer lander"))
    #expect(problems.list[0].fix?.contains("update lander") == true)
    #expect(try String(contentsOfFile: "\(folder.path)/state/version", encoding: .utf8) == "2\n")
  }

  @Test("a version that is no number is refused with what stands there")
  func nonsense() throws {
    _ = try folder.state()
    try folder.write("zwei", to: "state/version")
    let problems = try #require(throws: Problems.self) { try folder.state() }
    #expect(problems.list[0].message.contains("\"zwei\""))
  }

  @Test("a file where the folder should be is named")
  func file() throws {
    try folder.write("x", to: "state")
    let problems = try #require(throws: Problems.self) { try folder.state() }
    #expect(problems.exit == .infrastructure)
    #expect(problems.list[0].subject == "\(folder.path)/state")
  }

  @Test("a journal of a newer layout is refused in words")
  func newerJournal() async throws {
    let state = try folder.state()
    _ = try SQLiteJournal(in: state)
    try SQLiteFile(state.journal).run("PRAGMA user_version = 9")
    let problems = try #require(throws: Problems.self) { try SQLiteJournal(in: state) }
    #expect(problems.exit == .refused)
    #expect(problems.list[0].message.contains("newer lander"))
  }

  @Test("a journal that is no database is refused with what to do")
  func noDatabase() throws {
    let state = try folder.state()
    try folder.write(String(repeating: "not a database ", count: 1000), to: "state/journal.sqlite")
    let problems = try #require(throws: Problems.self) { try SQLiteJournal(in: state) }
    #expect(problems.exit == .infrastructure)
    #expect(problems.list[0].fix?.contains("move") == true)
  }

  @Test("one that everybody may write to is refused, because what its journal says is done on hosts")
  func open() throws {
    _ = try folder.state()
    chmod("\(folder.path)/state", 0o777)
    let problems = try #require(throws: Problems.self) { try folder.state() }
    #expect(problems.list[0].message.contains("can be written by everybody (mode 777)"))
    #expect(problems.list[0].fix?.contains("chmod -R go-w") == true)
    chmod("\(folder.path)/state", 0o750)
    #expect(throws: Never.self) { try folder.state() }
  }
}
