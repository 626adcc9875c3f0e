import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Synchronization
import Testing

@testable import DeployHosts

@Suite("Messages that are left on a host")
struct InboxTests {
  private func message(_ id: String, _ kind: Message.Kind = .pause, comment: String = "looks \"slow\"\t\\ é") -> Message {
    Message(id: id, kind, gate: "latency", by: "kim@laptop", comment: comment.replacing("\t", with: " "), at: Timestamp(milliseconds: 7))
  }

  /// Takes a lock that is renewed every second.
  private func locked(_ ground: Ground, by hosts: Hosts? = nil) async {
    await ground.perform(1, Ground.ask("t1", fence: 1, lease: .seconds(3)), by: hosts)
  }

  private func first(_ hosts: Hosts, _ count: Int) async -> [Message] {
    var heard: [Message] = []
    for await message in hosts.inbox.messages(for: "d1") {
      heard.append(message)
      if heard.count == count { break }
    }
    return heard
  }

  @Test(
    "a message left by another machine comes with the next renewal of the lock, its answer goes back, and it goes with the lock",
    arguments: Shell.here)
  func roundTrip(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let other = ground.another()
    await locked(ground)
    let listener = Task { await first(ground.hosts, 2) }
    try await other.leave(message("m1"), for: "d1", on: ground.host, at: ground.path)
    try await other.leave(message("m2", .resume, comment: ""), for: "d1", on: ground.host, at: ground.path)
    #expect(try await other.state(of: "m1", for: "d1", on: ground.host, at: ground.path) == .waits)
    var expected = [message("m1"), message("m2", .resume, comment: "")]
    for index in 0...1 { expected[index].by = "kim@laptop through h1" }
    #expect(await listener.value.sorted { $0.id < $1.id } == expected)
    let answer = MessageAnswer(accepted: true, "Paused by kim@laptop: \"slow\" \\ é")
    ground.hosts.inbox.take("m1", of: "d1", answer: answer)
    try await until("the answer is there") {
      (try? await other.state(of: "m1", for: "d1", on: ground.host, at: ground.path)) == .answered(answer)
    }
    // The answer appears a moment before the message is removed.
    try await until("the message is gone") { !FileManager.default.fileExists(atPath: "\(ground.path)/.lander/inbox/d1/m1.json") }
    let modes = Ground.sh("cd '\(ground.path)/.lander' && stat -c %a inbox inbox/d1 inbox/d1/m2.json")
    #expect(modes == "700\n700\n600\n")
    await ground.perform(2, .unlock(token: "t1", good: nil))
    #expect(try await other.state(of: "m2", for: "d1", on: ground.host, at: ground.path) == .gone)
    #expect(try await other.state(of: "m1", for: "d1", on: ground.host, at: ground.path) == .answered(answer))
    await ground.perform(3, Ground.ask("t2", fence: 2, lease: .seconds(3)))
    #expect(FileManager.default.fileExists(atPath: "\(ground.path)/.lander/inbox/d1/m1.answer"))
    await ground.perform(4, .unlock(token: "t2", good: nil))
    await ground.perform(5, Ground.ask("t3", fence: 3, lease: .seconds(3)), site: ground.site("d2"))
    #expect(!FileManager.default.fileExists(atPath: "\(ground.path)/.lander/inbox/d1"))
    await other.close()
    await ground.end()
  }

  @Test("what a deployment waits for is known on its hosts at once, and goes with the lock", arguments: Shell.here)
  func awaited(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let other = ground.another()
    func known(_ deployment: Deployment.ID = "d1") async throws -> Awaited? {
      try await other.awaited(by: deployment, on: ground.host, at: ground.path)
    }
    #expect(try await known() == nil)
    await locked(ground)
    let listener = Task { await first(ground.hosts, 1) }
    for awaited in [Awaited(gate: 2, kind: .approval), Awaited(pause: "m1"), Awaited(gate: 3, kind: .pause, pause: "m2"), Awaited()] {
      await ground.hosts.inbox.tell(awaited, of: "d1")
      try await until("the host knows \(awaited.line)") { (try? await known()) == awaited }
      #expect(try await known("d2") == nil)
    }
    await ground.perform(2, .unlock(token: "t1", good: nil))
    #expect(try await known() == nil)
    listener.cancel()
    await other.close()
    await ground.end()
  }

  @Test("a renewal that finds a newer deployment says so to the one that was overtaken; a lock that something removed says nothing")
  func overtaken() async throws {
    let ground = try Ground()
    let other = ground.another()
    let heard = Mutex<[Failure]>([])
    let listener = Task { [inbox = ground.hosts.inbox] in
      for await failure in inbox.overtaken("t1") { heard.withLock { $0.append(failure) } }
    }
    await locked(ground)
    _ = Ground.sh("rm -r '\(ground.path)/.lander/lock'")
    try await Task.sleep(for: .seconds(3))
    #expect(heard.withLock { $0 } == [])
    await locked(ground)
    #expect(await ground.hosts.inbox.verify("t1", lease: .minutes(5)) == nil)
    let takeover = Ground.ask("t2", fence: 2, inherits: "t1", lease: .seconds(3))
    let newer = await ground.perform(9, takeover, site: ground.site("d2"), by: other)
    #expect(newer.failure == nil, "\(newer)")
    try await until("the first deployment hears of it") { heard.withLock { $0.first?.kind } == .fenced }
    #expect(heard.withLock { $0[0].message }.hasPrefix("h1: a newer deployment took the lock of \(ground.path)"))
    // An engine that slept longer than a lease checks the lock before it accepts a message.
    #expect(await ground.hosts.inbox.verify("t1", lease: .zero)?.kind == .fenced)
    listener.cancel()
    await other.close()
    await ground.end()
  }

  @Test("only the deployment that has the lock gets messages, and not more than forty")
  func refused() async throws {
    let ground = try Ground()
    func leave(_ id: String, for deployment: Deployment.ID) async -> Failure? {
      do throws(Failure) {
        try await ground.hosts.leave(message(id), for: deployment, on: ground.host, at: ground.path)
      } catch { return error }
      return nil
    }
    #expect(await leave("m1", for: "d1")?.kind == .locked)
    await locked(ground)
    let other = await leave("m1", for: "d2")
    let words = "deployment d1 of t1@desk has the lock of \(ground.path), not d2"
    #expect(other?.kind == .locked && other?.message.contains(words) == true, "\(other as Any)")
    #expect(await leave("../up", for: "d1")?.kind == .invalid)
    for number in 1...40 { #expect(await leave("m\(number)", for: "d1") == nil) }
    let full = await leave("more", for: "d1")
    #expect(full?.message.hasPrefix("40 messages are in \(ground.path)/.lander/inbox/d1 already") == true, "\(full as Any)")
    await ground.end()
  }

  @Test("answers that nobody fetched keep nobody from speaking: the newest forty stay")
  func many() async throws {
    let ground = try Ground()
    await locked(ground)
    let place = "\(ground.path)/.lander/inbox/d1"
    try await ground.hosts.leave(message("first"), for: "d1", on: ground.host, at: ground.path)
    _ = Ground.sh("cd '\(place)' && for k in $(seq 10 69); do echo {} >$k.answer; done")
    try await ground.hosts.leave(message("cancel", .cancel), for: "d1", on: ground.host, at: ground.path)
    let left = Ground.sh("cd '\(place)' && ls *.answer | wc -l; ls 30.answer 69.answer first.json cancel.json")
    #expect(left == "40\n30.answer\n69.answer\ncancel.json\nfirst.json\n")
    await ground.end()
  }

  @Test("a message that is taken back is not heard, and an answer cannot be taken back")
  func withdrawn() async throws {
    let ground = try Ground()
    await locked(ground)
    try await ground.hosts.leave(message("m1"), for: "d1", on: ground.host, at: ground.path)
    let state = try await ground.hosts.state(of: "m1", for: "d1", on: ground.host, at: ground.path)
    try await ground.hosts.withdraw("m1", from: "d1", on: ground.host, at: ground.path)
    #expect(state == .waits)
    #expect(try await ground.hosts.state(of: "m1", for: "d1", on: ground.host, at: ground.path) == .gone)
    _ = Ground.sh("cd '\(ground.path)/.lander/inbox/d1' && printf '{\"accepted\":true,\"words\":\"yes\"}\\n' >m2.answer")
    try await ground.hosts.withdraw("m2", from: "d1", on: ground.host, at: ground.path)
    let answer = MessageState.answered(MessageAnswer(accepted: true, "yes"))
    #expect(try await ground.hosts.state(of: "m2", for: "d1", on: ground.host, at: ground.path) == answer)
    await ground.end()
  }

  @Test("what another user could have put there, and what is no message, is named once and not believed")
  func foreign() async throws {
    let complaints = Mutex<[String]>([])
    let ground = try Ground()
    let hosts = Hosts(options: ground.hosts.options, store: ground.store, vault: Vault(ground.secrets)) { problem in
      complaints.withLock { $0.append(problem.message) }
    }
    await locked(ground, by: hosts)
    try await hosts.leave(message("good"), for: "d1", on: ground.host, at: ground.path)
    let place = "\(ground.path)/.lander/inbox/d1"
    _ = Ground.sh(
      """
      cd '\(place)' && sed s/good/open/ good.json >open.json && chmod 666 open.json && sed s/good/other/ good.json >x.json &&
      ln -s good.json link.json && mkdir sub.json && mkfifo pipe.json && echo '{' >cut.json && head -c 9000 /dev/zero >large.json
      """)
    if geteuid() == 0 { _ = Ground.sh("cd '\(place)' && sed s/good/alien/ good.json >alien.json && chown 65534 alien.json") }
    let listener = Task { await first(hosts, 2) }
    try await Task.sleep(for: .seconds(3))
    try await hosts.leave(message("last"), for: "d1", on: ground.host, at: ground.path)
    #expect(await listener.value.map(\.id).sorted() == ["good", "last"])
    let names = complaints.withLock { $0 }.compactMap { $0.split(separator: "/").last?.split(separator: ".").first.map(String.init) }
    let expected = ["cut", "large", "link", "open", "pipe", "sub", "x"] + (geteuid() == 0 ? ["alien"] : [])
    #expect(names.sorted() == expected.sorted(), "\(complaints.withLock { $0 })")
    _ = Ground.sh("chmod 777 '\(place)'; rm '\(place)'/good.json")
    await hosts.close()
    await ground.end()
  }

  @Test("an engine that resumes hears what the dead one had not taken")
  func again() async throws {
    let ground = try Ground()
    await locked(ground)
    try await ground.hosts.leave(message("m1"), for: "d1", on: ground.host, at: ground.path)
    #expect(await first(ground.hosts, 1).map(\.id) == ["m1"])
    await ground.hosts.close()
    let next = ground.another()
    let heard = Task { await first(next, 1) }
    try await Task.sleep(for: .milliseconds(100))
    await next.keepLock(at: ground.site())
    #expect(await heard.value.map(\.id) == ["m1"])
    await next.close()
    await ground.end()
  }

  @Test("no host alone leads a deployment further: resume, approve and promote count if the same message lies on two of its hosts")
  func two() async throws {
    let ground = try Ground()
    var second = ground.site()
    second.path += "2"
    await locked(ground)
    await ground.perform(2, Ground.ask("t1", fence: 1, lease: .seconds(3)), site: second)
    let heard = Mutex<[Message]>([])
    let listener = Task { [hosts = ground.hosts] in
      for await message in hosts.inbox.messages(for: "d1") { heard.withLock { $0.append(message) } }
    }
    for kind in [Message.Kind.resume, .approve, .promote] {
      try await ground.hosts.leave(message(kind.rawValue, kind), for: "d1", on: ground.host, at: ground.path)
    }
    // A message with the same id but other content counts as another message.
    try await ground.hosts.leave(message("resume", .resume, comment: "as I like it"), for: "d1", on: ground.host, at: second.path)
    try await ground.hosts.leave(message("pause"), for: "d1", on: ground.host, at: second.path)
    try await until("the pause is heard") { heard.withLock { $0.map(\.kind) } == [.pause] }
    try await Task.sleep(for: .seconds(3))
    #expect(heard.withLock { $0.map(\.kind) } == [.pause])
    try await ground.hosts.leave(message("approve", .approve), for: "d1", on: ground.host, at: second.path)
    try await until("the approval is heard") { heard.withLock { $0.map(\.kind) } == [.pause, .approve] }
    #expect(heard.withLock { $0.last?.by } == "kim@laptop through h1 and h1")
    ground.hosts.inbox.close("d1")
    await listener.value
    await ground.end()
  }

  @Test("a message that lies on two hosts is heard once and answered on both")
  func copies() async throws {
    let ground = try Ground()
    var second = ground.site()
    second.path += "2"
    await locked(ground)
    await ground.perform(2, Ground.ask("t1", fence: 1, lease: .seconds(3)), site: second)
    for path in [ground.path, second.path] { try await ground.hosts.leave(message("m1"), for: "d1", on: ground.host, at: path) }
    let heard = Mutex<[Message.ID]>([])
    let listener = Task { [hosts = ground.hosts] in
      for await message in hosts.inbox.messages(for: "d1") {
        heard.withLock { $0.append(message.id) }
        hosts.inbox.take(message.id, of: "d1", answer: MessageAnswer(accepted: false, "no"))
      }
    }
    for path in [ground.path, second.path] {
      try await until("it is answered in \(path)") {
        (try? await ground.hosts.state(of: "m1", for: "d1", on: ground.host, at: path)) == .answered(MessageAnswer(accepted: false, "no"))
      }
    }
    #expect(heard.withLock { $0 } == ["m1"])
    ground.hosts.inbox.close("d1")
    await listener.value
    await ground.end()
  }
}
