import DeployCore
import DeployModel
import Testing

@Suite("The ledger")
struct LedgerTests {
  private let now = Timestamp(milliseconds: 7)

  private func scripts() -> ListScripts { ListScripts([[run("stop", on: 0)], [.sleep(.seconds(1)), run("start", on: 0)]]) }
  private let hooks: [(LifecycleEvent, Int)] = [(.applicationStop, 0), (.applicationStart, 1)]

  /// Carries out every move and answers each operation at once, until the deployment ends or `stop` returns true.
  private func follow(
    _ ledger: inout Ledger, _ entries: inout [Entry], heard: [Happening] = [], until stop: (Ledger.Move) -> Bool = { _ in false }
  ) -> [Ledger.Move] {
    var moves: [Ledger.Move] = []
    var next = heard
    while true {
      ledger.take(next)
      next = []
      while let move = ledger.move(at: now) {
        if stop(move) { return moves }
        moves.append(move)
        switch move {
        case .append(let new): entries += new
        case .head: ledger.seal(chain: Digest(hex: String(repeating: "c", count: 64)))
        case .perform(let intent): next.append(.finished(intent: intent.id, .done()))
        case .ring(let timer, _): next.append(.rang(timer: timer))
        case .cancel, .take, .end: break
        }
      }
      if next.isEmpty { return moves }
    }
  }

  @Test("has every operation written before it is performed, every event before it is heard, and the end before it is told")
  func order() {
    var ledger = Ledger(plan: plan(hosts: 3, hooks: hooks, parallel: 2), scripts: scripts())
    var entries: [Entry] = []
    var written: [Entry.Fact] = []
    for move in follow(&ledger, &entries) {
      switch move {
      case .append(let new): written += new.map(\.fact)
      case .perform(let intent): #expect(written.contains(.intended(intent)))
      case .end(let end): #expect(written.last == .concluded(end))
      default: break
      }
    }
    #expect(ledger.conclusion?.status == .succeeded)
    #expect(entries.map(\.sequence) == Array(0..<entries.count))
    #expect(EntrySense.nonsense(in: entries) == nil)
    let receipts = entries.compactMap {
      if case .intended(let intent) = $0.fact, case .record(let receipt) = intent.operation { receipt } else { nil }
    }
    #expect(receipts.map(\.at) == [now, now, now] && receipts.allSatisfy { $0.chain != nil })
  }

  @Test("a ledger that acts before it writes is seen to, so that the test before this one could fail")
  func planted() {
    var ledger = Ledger(plan: plan(hosts: 1, hooks: hooks), scripts: scripts(), lapse: .effectBeforeEntry)
    var entries: [Entry] = []
    let moves = follow(&ledger, &entries)
    let first = moves.firstIndex { if case .perform = $0 { true } else { false } }
    let intended = moves.firstIndex { move in
      if case .append(let new) = move { new.contains { if case .intended = $0.fact { true } else { false } } } else { false }
    }
    #expect(first != nil && intended != nil && (first ?? 0) < (intended ?? 0))
  }

  @Test("stopped before any of its moves and resumed, it comes to the same end with the same operations")
  func resumed() throws {
    let p = plan(hosts: 2, hooks: hooks, parallel: 1)
    var whole = Ledger(plan: p, scripts: scripts())
    var all: [Entry] = []
    let count = follow(&whole, &all).count
    for point in 1..<count {
      var entries: [Entry] = []
      var left = point
      var first = Ledger(plan: p, scripts: scripts())
      _ = follow(&first, &entries) { _ in
        left -= 1
        return left < 0
      }
      var second = try Ledger(resuming: entries, of: p, scripts: scripts(), actor: "you@there", at: now)
      _ = follow(&second, &entries)
      #expect(second.conclusion == whole.conclusion, "stopped before move \(point)")
      #expect(operations(entries) == operations(all), "stopped before move \(point)")
      #expect(entries.map(\.sequence) == Array(0..<entries.count), "stopped before move \(point)")
      #expect(EntrySense.nonsense(in: entries) == nil, "stopped before move \(point)")
    }
  }

  private func operations(_ entries: [Entry]) -> [String] {
    entries.compactMap { if case .intended(let intent) = $0.fact { "\(intent.place) \(intent.operation.verb)" } else { nil } }
  }

  @Test("resumed, it also cancels what its last turn began and wanted cancelled, and never wrote down")
  func cancelledInTheSameTurn() throws {
    // Two functions start at once. The second fails at its first step, so the first is cancelled in the same turn in which it began.
    let scripts = {
      FailingScripts([
        [.spawn([Body(recipe: 0, function: 1), Body(recipe: 0, function: 2)], limit: 2, keepGoing: false)], [run("slow", on: 0)],
      ])
    }
    let p = plan(hosts: 1, hooks: [(.afterInstall, 0)])
    var entries: [Entry] = []
    var first = Ledger(plan: p, scripts: scripts())
    let isSlow = { (entry: Entry) in if case .intended(let intent) = entry.fact, case .run = intent.operation { true } else { false } }
    _ = follow(&first, &entries) { if case .append(let new) = $0 { new.contains(where: isSlow) } else { false } }
    var second = try Ledger(resuming: entries, of: p, scripts: scripts(), actor: "you@there", at: now)
    var moves: [Ledger.Move] = []
    while let move = second.move(at: now) { moves.append(move) }
    guard let slow = moves.compactMap({ if case .perform(let intent) = $0 { intent.id } else { nil } }).last else {
      return #expect(Bool(false), "\(moves)")
    }
    #expect(moves.last == .cancel(intent: slow))
  }

  @Test("a wish to end that is there before the start ends the deployment before any host is asked for its lock")
  func cancelledBeforeTheStart() {
    var ledger = Ledger(plan: plan(hosts: 2, hooks: hooks), scripts: scripts())
    var entries: [Entry] = []
    let moves = follow(&ledger, &entries, heard: [.cancelled(reason: "Ctrl-C")])
    #expect(ledger.conclusion?.status == .cancelled)
    #expect(!moves.contains { if case .perform = $0 { true } else { false } })
  }

  @Test("a deployment that has ended is told its end again, and its journal stays as it is")
  func ended() throws {
    let p = plan(hosts: 1, hooks: hooks)
    var ledger = Ledger(plan: p, scripts: scripts())
    var entries: [Entry] = []
    _ = follow(&ledger, &entries)
    var again = try Ledger(resuming: entries, of: p, scripts: scripts(), actor: "you@there", at: now)
    let end = try #require(ledger.conclusion)
    #expect(again.move(at: now) == .end(end))
    #expect(again.move(at: now) == nil && again.conclusion == end)
  }

  @Test(
    "a timer of a dead engine rings when it would have, or at once if that is over; a clock that went back makes it no longer",
    arguments: [(400, 600), (1000, 0), (5000, 0), (-86_400_000, 1000)])
  func timers(passed: Int, left: Int) throws {
    let p = plan(hosts: 1, hooks: hooks)
    var ledger = Ledger(plan: p, scripts: scripts())
    var entries: [Entry] = []
    _ = follow(&ledger, &entries) { if case .ring = $0 { true } else { false } }
    let later = Timestamp(milliseconds: now.milliseconds + passed)
    var second = try Ledger(resuming: entries, of: p, scripts: scripts(), actor: "you@there", at: later)
    var rings: [Interval] = []
    while let move = second.move(at: later) { if case .ring(_, let after) = move { rings.append(after) } }
    #expect(rings == [Interval(milliseconds: left)])
  }
}

/// Functions as in `ListScripts`. A function without a list raises an error at its first step.
private final class FailingScripts: Scripts {
  private let listed: ListScripts
  private var failing: [ScriptID: Bool] = [:]
  init(_ bodies: [[Request]]) { listed = ListScripts(bodies) }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    failing[script] = body.function >= listed.bodies.count
    if failing[script] == false { listed.start(script, body, on: subject) }
  }
  func kill(_ script: ScriptID) { listed.kill(script) }
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    if failing[script] == true { return Step(.ended(.raised(ScriptError(Failure(.failed, "it failed at once"))))) }
    return listed.step(script, answer)
  }
}
