import DeployModel
import Foundation
import PlanDrafts
import Synchronization
import Testing

@testable import DeployStore

@Suite("Messages in the state folder")
struct StateMailboxTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func message(_ id: String, _ kind: Message.Kind = .pause, at: Int = 0) -> Message {
    Message(id: id, kind, by: "kim@laptop", comment: "looks slow", at: Timestamp(milliseconds: at))
  }

  /// Listens as an engine would, and returns the messages as soon as there are `count` of them.
  private func heard(_ mailbox: StateMailbox, _ count: Int) async -> [Message] {
    var heard: [Message] = []
    for await message in mailbox.messages(for: "d1") {
      heard.append(message)
      if heard.count == count { break }
    }
    return heard
  }

  @Test("root says nothing in the state folder of another user, whose engine could not read it", .enabled(if: geteuid() == 0))
  func root() throws {
    let state = try folder.state()
    #expect(chown(state.path, 65534, 65534) == 0)
    let failure = #expect(throws: Failure.self) { try StateMailbox(in: state).send(message("m1", .approve), to: "d1") }
    #expect(
      failure?.kind == .notPermitted && failure?.fix?.contains("sudo -u") == true && failure?.fix?.contains("lander approve d1") == true)
    #expect(!FileManager.default.fileExists(atPath: state.path + "/mail/d1"))
  }

  @Test("a message is given to every engine that asks until it is taken, oldest first, and files are for their owner only")
  func order() async throws {
    let mailbox = StateMailbox(in: try folder.state())
    try mailbox.send(message("b", at: 2), to: "d1")
    try mailbox.send(message("c", .resume, at: 1), to: "d1")
    try mailbox.send(message("x"), to: "d2")
    #expect(try folder.mode(of: "state/mail/d1") == 0o700 && folder.mode(of: "state/mail/d1/b.json") == 0o600)
    let expected = [message("c", .resume, at: 1), message("b", at: 2)]
    #expect(await heard(mailbox, 2) == expected)
    #expect(await heard(StateMailbox(in: try folder.state()), 2) == expected)
    mailbox.take("c", of: "d1", answer: nil)
    #expect(!mailbox.waits("c", for: "d1") && mailbox.waits("b", for: "d1"))
    #expect(await heard(mailbox, 1) == [message("b", at: 2)])
    #expect(mailbox.withdraw("b", from: "d1") && !mailbox.withdraw("b", from: "d1"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/state/mail/d1"))
    mailbox.close("d2")
    #expect(!mailbox.waits("x", for: "d2"))
  }

  @Test("one that comes while the engine listens is heard at one of its next looks, and once", .timeLimit(.minutes(10)))
  func live() async throws {
    let mailbox = StateMailbox(in: try folder.state())
    let listener = Task { await heard(mailbox, 2) }
    try await Task.sleep(for: .milliseconds(700))
    try mailbox.send(message("a", at: 1), to: "d1")
    try await Task.sleep(for: .milliseconds(1200))
    try mailbox.send(message("b", at: 2), to: "d1")
    #expect(await listener.value.map(\.id) == ["a", "b"])
    #expect(StateMailbox.interval <= .milliseconds(500), "a message is heard within a second")
  }

  @Test("what is no message is named once, skipped, and left where it is")
  func damaged() async throws {
    let complaints = Mutex<[String]>([])
    let mailbox = StateMailbox(in: try folder.state()) { problem in complaints.withLock { $0.append(problem.message) } }
    try mailbox.send(message("good"), to: "d1")
    let place = "state/mail/d1"
    let whole = try String(contentsOfFile: "\(folder.path)/\(place)/good.json", encoding: .utf8)
    func like(_ id: String, _ old: String = "good", _ new: String = "good") -> String {
      whole.replacing("good", with: id).replacing(old, with: new)
    }
    for (name, text) in [
      ("cut.json", String(whole.dropLast(20))), ("empty.json", ""), ("other.json", whole), ("half.json.1.2.tmp", "{"),
      ("large.json", String(repeating: " ", count: 9000)), ("new.json", like("new", "pause", "dance")), ("open.json", like("open")),
      ("lines.json", like("lines", "slow", "\\n")),
    ] { try folder.write(text, to: "\(place)/\(name)") }
    let odd = "chmod 600 *.json && chmod 666 open.json && ln -s good.json link.json && mkfifo pipe.json && mkdir sub.json"
    _ = try Shell.run("cd '\(folder.path)/\(place)' && \(odd)")
    let listener = Task { await heard(mailbox, 2) }
    for _ in 0..<300 where complaints.withLock({ $0.count }) < 10 { try await Task.sleep(for: .milliseconds(100)) }
    try await Task.sleep(for: .milliseconds(1200))
    try mailbox.send(message("last", at: 1), to: "d1")
    #expect(await listener.value.map(\.id) == ["good", "last"])
    let named = complaints.withLock { $0 }
    let names = named.compactMap { $0.split(separator: "/").last?.split(separator: ".").first.map(String.init) }
    #expect(names.sorted() == ["cut", "empty", "large", "lines", "link", "new", "open", "other", "pipe", "sub"], "\(named)")
    #expect(named.contains { $0.contains("open.json: it is no file that only") })
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(place)/cut.json"))
  }

  @Test("a folder that others may write to is not believed")
  func foreign() async throws {
    let complaints = Mutex<[String]>([])
    let mailbox = StateMailbox(in: try folder.state()) { problem in complaints.withLock { $0.append(problem.message) } }
    try mailbox.send(message("a"), to: "d1")
    _ = try Shell.run("chmod 777 '\(folder.path)/state/mail/d1'")
    let listener = Task { await heard(mailbox, 1) }
    for _ in 0..<300 where complaints.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(100)) }
    #expect(complaints.withLock { $0.count } == 1)
    _ = try Shell.run("chmod 700 '\(folder.path)/state/mail/d1'")
    #expect(await listener.value.map(\.id) == ["a"])
  }

  @Test("messages are bounded in number, and what is no message or no deployment is refused")
  func bounds() throws {
    let mailbox = StateMailbox(in: try folder.state())
    for number in 0..<StateMailbox.limit { try mailbox.send(message("m\(number)"), to: "d1") }
    let full = try #require(throws: Failure.self) { try mailbox.send(message("more"), to: "d1") }
    #expect(full.kind == .noSpace && full.message.hasPrefix("100 messages wait for deployment d1 already"))
    #expect(throws: Failure.self) { try mailbox.send(message("../up"), to: "d1") }
    #expect(throws: Failure.self) { try mailbox.send(message("a"), to: "../d1") }
    var long = message("long")
    long.comment = String(repeating: "é", count: 1000)
    long.gate = String(repeating: "g", count: 256)
    #expect(throws: Never.self) { try mailbox.send(long, to: "d2") }
  }
}
