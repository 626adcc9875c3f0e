import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("The line for a host's lock, whatever the host's shell", .serialized)
struct QueueTests {
  private func ticket(
    _ token: String, _ manner: Ticket.Manner = .wait, urgent: Bool = false, lane: String = "a1", sequence: Int? = nil,
    lease: Interval = .seconds(60)
  ) -> Ticket {
    Ticket(
      token: token, manner: manner, isUrgent: urgent, lane: lane, sequence: sequence, owner: "\(token)@desk",
      purpose: "it's \"web\" of $HOME",
      since: Timestamp(milliseconds: 1_800_000_000_000), lease: lease)
  }

  private func lineUp(_ ground: Ground, _ ticket: Ticket, renews: Bool = false, by hosts: Hosts? = nil) async throws -> LinePlace {
    try await (hosts ?? ground.hosts).lineUp(ticket, renews: renews, on: ground.host, at: ground.path)
  }

  /// Requests the lock like a deployment that was planned just now.
  private func lock(_ ground: Ground, _ token: String, fence: Int, ticket: String? = nil, sequence: Int? = nil) async -> Outcome {
    var request = LockRequest(token: token, owner: "\(token)@desk", purpose: "deploy web of shop", fence: fence)
    (request.ticket, request.sequence) = (ticket, sequence)
    return await ground.perform(fence, .lock(request), site: ground.site("d\(fence)", fence: fence, token: token))
  }

  private func unlock(_ ground: Ground, _ token: String, fence: Int) async {
    let site = ground.site("d\(fence)", fence: fence, token: token)
    #expect(await ground.perform(100 + fence, .unlock(token: token), site: site).failure == nil)
  }

  @Test("those that wait get the lock in the order in which they came, whoever asks for it first", arguments: Shell.here)
  func order(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await lock(ground, "z", fence: 1).failure == nil)
    for token in ["a", "b", "c"] { _ = try await lineUp(ground, ticket(token)) }
    let place = try await lineUp(ground, ticket("c"))
    #expect(place.holder?.deployment == "d1" && place.ahead.map(\.owner) == ["a@desk", "b@desk"], "\(place)")
    #expect(place.ahead.first?.purpose == "it's \"web\" of $HOME" && place.ahead.first?.since.milliseconds == 1_800_000_000_000)
    await unlock(ground, "z", fence: 1)
    for (fence, ticket) in [(2, "b"), (3, nil), (4, "c")] {
      let refused = await lock(ground, "x\(fence)", fence: fence, ticket: ticket)
      #expect(refused.failure?.kind == .locked && refused.failure?.message.hasPrefix("a@desk waits for the lock and comes first") == true)
    }
    #expect(await lock(ground, "a", fence: 5, ticket: "a").failure == nil)
    #expect(try await lineUp(ground, ticket("a"), renews: true).isLost, "who has the lock stands in no line")
    #expect(try await lineUp(ground, ticket("b")).ahead.isEmpty)
    await unlock(ground, "a", fence: 5)
    // A rollback does not wait in the queue.
    #expect(await lock(ground, "back", fence: 6, ticket: Ticket.none).failure == nil)
    await unlock(ground, "back", fence: 6)
    for token in ["b", "c"] { await ground.hosts.leaveLine(token, on: ground.host, at: ground.path) }
    #expect(await lock(ground, "y", fence: 7).failure == nil)
    #expect(!FileManager.default.fileExists(atPath: "\(ground.path)/.lander/queue"), "nothing is left of the line")
    await ground.end()
  }

  @Test("a survey tells who waits, in order, with what each brings, and changes nothing of the line", arguments: Shell.here)
  func told(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await lock(ground, "z", fence: 1).failure == nil)
    func line() async throws -> [LinePlace.Other]? {
      let survey = await ground.hosts.survey(ground.host, at: ground.path, application: "shop", group: "production", shared: [])
      guard case .reached(let state) = survey else { return nil }
      return state.line
    }
    #expect(try await line() == nil)
    var first = ticket("a")
    first.revision = Digest(hex: String(repeating: "b", count: 64))
    _ = try await lineUp(ground, first)
    _ = try await lineUp(ground, ticket("gone", lease: .seconds(3)))
    _ = try await lineUp(ground, ticket("u", urgent: true))
    let found = try #require(try await line())
    #expect(found.map(\.owner) == ["u@desk", "a@desk", "gone@desk"] && found.map(\.isUrgent) == [true, false, false])
    #expect(found[1].revision == first.revision && found[0].revision == nil && found[1].purpose == "it's \"web\" of $HOME")
    #expect(found[1].since.milliseconds == 1_800_000_000_000)
    try await Task.sleep(for: .seconds(5))
    #expect(try await line()?.map(\.owner) == ["u@desk", "a@desk"])
    await ground.end()
  }

  @Test("a place that nobody renews ends with its lease, and is taken anew behind the others", arguments: Shell.here)
  func lease(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = try await lineUp(ground, ticket("a", lease: .seconds(3)))
    #expect(try await lineUp(ground, ticket("b")).ahead.map(\.owner) == ["a@desk"])
    try await until("the place is free") { (try? await lineUp(ground, ticket("b")).ahead.isEmpty) ?? false }
    #expect(try await lineUp(ground, ticket("a"), renews: true).isLost)
    #expect(try await lineUp(ground, ticket("a")).ahead.map(\.owner) == ["b@desk"])
    await ground.end()
  }

  @Test("an urgent one comes before all that wait, and a newer one supersedes those of its lane that said so", arguments: Shell.here)
  func ranks(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = try await lineUp(ground, ticket("s1", .supersede))
    _ = try await lineUp(ground, ticket("w1"))
    _ = try await lineUp(ground, ticket("other", .supersede, lane: "b2"))
    #expect(try await lineUp(ground, ticket("u1", urgent: true)).ahead.isEmpty)
    #expect(try await lineUp(ground, ticket("s2", .supersede, sequence: 5)).ahead.map(\.owner) == ["u1@desk"], "the place of the first")
    #expect(try await lineUp(ground, ticket("w1")).ahead.map(\.owner) == ["u1@desk", "s2@desk"])
    #expect(try await lineUp(ground, ticket("other", .supersede, lane: "b2")).ahead.count == 3, "another lane")
    for _ in 1...2 { #expect(try await lineUp(ground, ticket("s1", .supersede)).superseded?.owner == "s2@desk") }
    await ground.hosts.leaveLine("u1", on: ground.host, at: ground.path)
    let late = await lock(ground, "s1", fence: 1, ticket: "s1")
    #expect(late.failure?.kind == .locked && late.failure?.message.hasPrefix("a newer deployment superseded this one") == true)
    #expect(try await lineUp(ground, ticket("s0", .supersede, sequence: 4)).superseded?.owner == "s2@desk", "it is older than the other")
    #expect(await lock(ground, "s2", fence: 2, ticket: "s2").failure == nil)
    await ground.end()
  }

  @Test("fifty that come at once have fifty places, and each knows all that come before it", arguments: [Shell.dash])
  func fifty(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let engines = (1...5).map { _ in ground.another() }
    let tokens = (1...50).map { "t\($0)" }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, token) in tokens.enumerated() {
        group.addTask { _ = try await lineUp(ground, ticket(token), by: engines[index % 5]) }
      }
      try await group.waitForAll()
    }
    var ahead: [Int] = []
    for token in tokens { ahead.append(try await lineUp(ground, ticket(token)).ahead.count) }
    #expect(ahead.sorted() == Array(0...49))
    for engine in engines { await engine.close() }
    await ground.end()
  }
}
