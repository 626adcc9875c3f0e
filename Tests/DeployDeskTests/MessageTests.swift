import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests messages to a deployment that another process runs.
struct MessageTests {
  private static let text = Bench.text(
    hosts: 3, body: "strategy = rolling, on = { ApplicationStart = function(host) host:run \"start\" end },")

  /// A patience that is long enough, because virtual time may outrun an engine that gets no turn on the processor.
  private static let long = Interval.minutes(60)

  /// Runs a deployment and, as soon as its first wave has begun, a function beside it.
  private func during(
    _ bench: Bench, _ body: @escaping @Sendable (DeploymentPair) async throws -> Void
  ) async throws -> RunEnd {
    let plan = try await bench.plan().plan
    let running = bench.desk.deploy(plan)
    running.start()
    var speaker: Task<Void, any Error>?
    for await event in running.events {
      guard case .entry(plan.id, let entry) = event, case .noted(.waveBegan(number: 1, _, _)) = entry.fact else { continue }
      speaker = Task { try await body(try await bench.desk.past.pair(of: plan.id)) }
    }
    try await speaker?.value
    return try await running.end()
  }

  @Test("paused, a deployment says so in the journal; resumed, it comes to its end; each message is answered in words")
  func pause() async throws {
    let bench = try Bench(Self.text)
    let end = try await during(bench) { pair in
      let paused = try await bench.desk.say(.pause, comment: "looks slow", to: pair, patience: Self.long)
      guard case .answered(pair.first.id, accepted: true, let words) = paused else { return #expect(Bool(false), "\(paused)") }
      #expect(words.hasPrefix("Paused by me@bench: looks slow."))
      let now = try await bench.desk.past.pair(of: pair.first.id)
      #expect(now.first.pause?.message.comment == "looks slow" && now.state == .running)
      let again = try await bench.desk.say(.pause, to: pair, patience: Self.long)
      #expect(again == .answered(pair.first.id, accepted: false, "it is paused already, by me@bench: looks slow"))
      let gate = try await bench.desk.say(.approve, gate: "latency", to: pair, patience: Self.long)
      #expect(gate == .answered(pair.first.id, accepted: false, "approve (me@bench): there is no open gate \"latency\""))
      let resumed = try await bench.desk.say(.resume, to: pair, patience: Self.long)
      #expect(resumed == .answered(pair.first.id, accepted: true, "Resumed by me@bench"))
    }
    #expect(end.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(bench.messages.waiting(for: end.deployments[0].plan.id) == [])
  }

  @Test("a cancel is answered, and hosts that were changed go back")
  func cancel() async throws {
    let bench = try Bench(Self.text)
    let end = try await during(bench) { pair in
      _ = try await bench.desk.say(.pause, to: pair, patience: Self.long)
      let said = try await bench.desk.say(.cancel, comment: "wrong version", to: pair, patience: Self.long)
      guard case .answered(_, accepted: true, let words) = said else { return #expect(Bool(false), "\(said)") }
      #expect(words.hasPrefix("Cancelling (me@bench: wrong version): "))
    }
    #expect(end.deployments.first?.conclusion?.status == .cancelled)
    #expect(end.deployments.first?.conclusion?.error?.failure.message == "me@bench: wrong version")
  }

  @Test("an engine that does not listen gets the message taken back, so that nothing comes late")
  func deaf() async throws {
    let bench = try Bench(Self.text)
    bench.messages.deafen()
    let pair = try await left(bench)
    // Another process holds the claim, and reads no messages.
    let claim = try #require(bench.journal.claim(pair.first.id))
    let held = try await bench.desk.past.pair(of: pair.first.id)
    let said = try await bench.desk.say(.pause, to: held, patience: .seconds(4))
    #expect(said == .ignored(pair.first.id, after: .seconds(4)))
    #expect(bench.messages.waiting(for: pair.first.id) == [])
    claim.release()
  }

  @Test("an engine that wrote a message down and died before it answered has heard it, and whoever asks is told")
  func heard() async throws {
    let bench = try Bench(Self.text)
    bench.messages.deafen()
    let pair = try await left(bench)
    let id = pair.first.id
    let claim = try #require(bench.journal.claim(id))
    let held = try await bench.desk.past.pair(of: id)
    let saying = Task { try await bench.desk.say(.pause, to: held, patience: Self.long) }
    while bench.messages.waiting(for: id).isEmpty { await Task.yield() }
    let entries = await bench.journal.entries(of: id).entries
    let message = try #require(bench.messages.waiting(for: id).first)
    try await bench.journal.append([Entry(sequence: entries.count, at: bench.clock.now(), fact: .happened(.said(message)))], to: id)
    claim.release()
    #expect(try await saying.value == .heard(id))
  }

  @Test("where no engine runs it, nothing is left for later; an ended deployment says how it ended")
  func nobody() async throws {
    let bench = try Bench(Self.text)
    let pair = try await left(bench)
    guard case .unattended(let found) = try await bench.desk.say(.pause, to: pair, patience: Self.long) else { return #expect(Bool(false)) }
    #expect(found.first.id == pair.first.id && bench.messages.waiting(for: pair.first.id) == [])
    guard case .running(let running) = try await bench.desk.resume(pair) else { return #expect(Bool(false)) }
    _ = try await bench.end(running)
    let ended = try await bench.desk.past.pair(of: pair.first.id)
    guard case .ended(let end) = try await bench.desk.say(.pause, to: ended) else { return #expect(Bool(false)) }
    #expect(end.first.status == .succeeded)
  }

  @Test("a message that no engine would accept is refused before it is left")
  func unfit() async throws {
    let bench = try Bench(Self.text)
    let pair = try await left(bench)
    let text = await refusal { _ = try await bench.desk.say(.pause, comment: "a\nb", to: pair, patience: Self.long) }
    #expect(text == "the message has a control character or a line end in its comment\n  → say it in one short line\n")
  }

  @Test("a deployment that was started elsewhere is spoken to through the hosts that it has locked, though some are away")
  func far() async throws {
    let bench = try Bench(Self.text)
    // A pause ends after a day, so virtual time must not outrun the test.
    bench.slowDown()
    let selections = try bench.project.project.selections(recipe: nil, group: nil)
    bench.inboxes.away.value = ["h1"]
    let end = try await during(bench) { pair in
      let paused = try await bench.desk.say(
        .pause, comment: "looks slow", toFar: pair.first.id.rawValue, on: selections, patience: Self.long)
      guard case .answered(pair.first.id, accepted: true, _) = paused else { return #expect(Bool(false), "\(paused)") }
      let again = try await bench.desk.say(.pause, toFar: pair.first.id.rawValue, on: selections, patience: Self.long)
      #expect(again == .answered(pair.first.id, accepted: false, "it is paused already, by me@bench: looks slow"))
      bench.inboxes.away.value = ["h1", "h2", "h3"]
      await #expect(throws: Failure.self) { try await bench.desk.say(.resume, toFar: pair.first.id.rawValue, on: selections) }
      bench.inboxes.away.value = []
      // The answer is for the gate that the hosts were told, and resumes the pause that they know.
      bench.inboxes.told.value = Awaited(gate: 7, kind: .approval, pause: "old")
      let approved = try await bench.desk.say(.approve, toFar: pair.first.id.rawValue, on: selections, patience: Self.long)
      let none = "approve (me@bench): there was no gate 7 yet; no gate is open now"
      #expect(approved == .answered(pair.first.id, accepted: false, none))
      let resumed = try await bench.desk.say(.resume, toFar: pair.first.id.rawValue, on: selections, patience: Self.long)
      let other = "not resumed (me@bench): the pause that it is for is over; it is paused by me@bench: looks slow now"
      #expect(resumed == .answered(pair.first.id, accepted: false, other))
      bench.inboxes.told.value = nil
      _ = try await bench.desk.say(.resume, toFar: pair.first.id.rawValue, on: selections, patience: Self.long)
    }
    #expect(end.deployments.map(\.conclusion?.status) == [.succeeded])
    let text = await refusal { _ = try await bench.desk.say(.pause, toFar: end.deployments[0].plan.id.rawValue, on: selections) }
    let words = "there is no deployment \"\(end.deployments[0].plan.id)\" in this journal, and no host that was reached"
    #expect(text.hasPrefix(words), "\(text)")
  }

  @Test("a message that no engine takes from the hosts is taken back, and one that goes with the lock is said to be gone")
  func silent() async throws {
    let bench = try Bench(Self.text)
    let pair = try await left(bench)
    let selections = try bench.project.project.selections(recipe: nil, group: nil)
    guard case .silent(pair.first.id, _, left: []) = try await bench.desk.say(.pause, toFar: pair.first.id.rawValue, on: selections) else {
      return #expect(Bool(false))
    }
    #expect(bench.messages.waiting(for: pair.first.id).isEmpty, "an engine that resumes hours later would hear it")
    // The patience must not end before the lock is gone, however busy this machine is.
    bench.slowDown()
    bench.messages.deafen()
    let speaker = Task { try await bench.desk.say(.pause, toFar: pair.first.id.rawValue, on: selections, patience: Self.long) }
    while bench.messages.waiting(for: pair.first.id).isEmpty { await Task.yield() }
    bench.messages.close(pair.first.id)
    #expect(try await speaker.value == .lockGone(pair.first.id))
  }

  @Test("paused when its engine died, it is paused still when it is resumed")
  func pausedAndLeft() async throws {
    let bench = try Bench(Self.text)
    let plan = try await bench.plan().plan
    bench.messages.send(Message(id: "m1", .pause, by: "kim@laptop", at: bench.desk.now), to: plan.id)
    let end = try await bench.leave(bench.desk.deploy(plan)) { journal in
      await journal.deployments().first?.pause != nil
    }
    #expect(end.deployments.map(\.conclusion) == [nil])
    let pair = try await bench.desk.past.pair(of: plan.id)
    #expect(pair.state == .interrupted && pair.first.pause?.message.by == "kim@laptop")
    guard case .running(let running) = try await bench.desk.resume(pair) else { return #expect(Bool(false)) }
    bench.messages.send(Message(id: "m2", .resume, by: "lee@ci", at: bench.desk.now), to: plan.id)
    let resumed = try await bench.end(running)
    #expect(resumed.deployments.map(\.conclusion?.status) == [.succeeded])
    let said = await bench.journal.entries(of: plan.id).entries.compactMap { entry -> Message.ID? in
      if case .happened(.said(let message)) = entry.fact { message.id } else { nil }
    }
    #expect(said == ["m1", "m2"])
  }

  /// Returns a deployment that was left in its first wave.
  private func left(_ bench: Bench) async throws -> DeploymentPair {
    let plan = try await bench.plan().plan
    _ = try await bench.leave(bench.desk.deploy(plan)) { await $0.hasBegunWave(of: plan.id) }
    return try await bench.desk.past.pair(of: plan.id)
  }

  @Test("an engine that somebody stopped is named at once, with what lets it continue; nothing is left for it")
  func stopped() async throws {
    let bench = try Bench(Self.text)
    let pair = try await left(bench)
    let claim = try #require(bench.journal.claim(pair.first.id))
    let held = try await bench.desk.past.pair(of: pair.first.id)
    bench.engines.stop(4711, of: pair.first.id)
    let text = await refusal { _ = try await bench.desk.say(.cancel, to: held, patience: Self.long) }
    #expect(text.hasPrefix("process 4711, which runs deployment \(pair.first.id), is stopped"), "\(text)")
    #expect(text.contains("kill -CONT 4711"), "\(text)")
    #expect(bench.messages.waiting(for: pair.first.id) == [])
    let waited = await refusal { _ = try await bench.desk.wait(for: pair.first.id) }
    #expect(waited.contains("is stopped"), "\(waited)")
    claim.release()
  }
}
