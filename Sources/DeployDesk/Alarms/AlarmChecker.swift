import DeployCore
import DeployEngine
import DeployModel

/// Carries out what `AlarmChecks` requests: it checks hosts, runs timers, and asks whether another deployment has the hosts. It acquires no
/// lock and writes no journal.
struct AlarmChecker {
  enum Event: Sendable {
    /// The next round of checks is due.
    case rang
    /// The checks that belong to this timer have timed out.
    case late(Int)
    case found(slot: Int, intent: Int, Outcome)
    /// It is time to ask again whether another deployment has the hosts.
    case asks
    case asked(Occupancy)
    /// The alarm's time has ended.
    case over
    /// The watcher's own time limit has passed.
    case leaves
  }

  private(set) var checks: AlarmChecks
  let events: AsyncStream<Event>
  private let sink: AsyncStream<Event>.Continuation
  private let plan: Plan
  private let ports: Ports
  /// The deployment id that this watcher uses for its checks on hosts. No other watcher uses this id.
  private let name: Deployment.ID
  private let token: String
  /// For each slot, the intent of the check that is running, or nil if none is running.
  private var running: [Int?]
  /// For each slot, the intent of an abandoned check whose answer might still arrive, or nil if there is none.
  private var overdue: [Int?]
  /// For each slot, whether its last check got no answer.
  private var silent: [Bool]
  private var last = 0

  init(_ checks: AlarmChecks, of plan: Plan, ports: Ports, by identity: Planner.Identity) {
    self.checks = checks
    self.plan = plan
    self.ports = ports
    name = Deployment.ID("alarm-\(identity.id)")
    token = identity.token
    running = checks.places.map { _ in nil }
    overdue = running
    silent = checks.places.map { _ in false }
    (events, sink) = AsyncStream.makeStream(of: Event.self)
  }

  /// Sends an event after a delay.
  func ring(_ event: Event, after time: Interval, _ group: inout DiscardingTaskGroup) {
    group.addTask { [sink, clock = ports.clock] in
      await clock.sleep(time)
      if !Task.isCancelled { sink.yield(event) }
    }
  }

  /// Asks which deployment has the hosts, without delaying the checks.
  func ask(_ question: @escaping @Sendable () async -> Occupancy, _ group: inout DiscardingTaskGroup) {
    group.addTask { [sink] in sink.yield(.asked(await question())) }
  }

  /// Starts the checks and timers that are due.
  /// - Returns: how the alarm ends, or nil if it continues.
  mutating func turn(_ group: inout DiscardingTaskGroup) -> (end: AlarmRecord.End, reason: String?)? {
    while true {
      switch checks.next() {
      case .round(let timer, let another):
        ring(.late(timer), after: checks.patience, &group)
        if another { ring(.rang, after: checks.alarm.every, &group) }
      case .check(let slots): for slot in slots { check(slot, &group) }
      case .wait: return nil
      case .end(let end, let reason): return (end, reason)
      }
    }
  }

  private mutating func check(_ slot: Int, _ group: inout DiscardingTaskGroup) {
    last += 1
    let place = checks.places[slot]
    var intent = Intent(
      id: last, place: place, operation: .check(checks.alarm.check), timeout: checks.alarm.limit, site: Intent.Site(stage: "alarm"))
    running[slot] = last
    guard case .host(let number) = place else {
      group.addTask { [sink, ports, name, intent] in
        sink.yield(.found(slot: slot, intent: intent.id, await ports.machine.perform(intent, of: name, output: { _ in })))
      }
      return
    }
    intent.site.release = plan.hosts[number].target?.id
    let site = site(number)
    group.addTask { [sink, ports, intent] in
      sink.yield(.found(slot: slot, intent: intent.id, await ports.transport.perform(intent, at: site, output: { _ in })))
    }
  }

  /// Returns the site of a check. Hosts do not check its fence, because the watcher holds no lock.
  private func site(_ number: Int) -> HostSite {
    var site = plan.site(of: number)
    (site.deployment, site.fence, site.token) = (name, -1, token)
    return site
  }

  /// Handles the outcome of a check.
  /// - Returns: what to report, with true if the host is unhealthy and false if it did not answer. Nil if there is nothing to report.
  mutating func found(_ outcome: Outcome, at slot: Int, of intent: Int) -> (words: String, isBad: Bool)? {
    let before = checks.tally
    if overdue[slot] == intent {
      overdue[slot] = nil
      checks.cameLate(outcome, at: slot)
    } else {
      guard running[slot] == intent else { return nil }
      running[slot] = nil
      checks.found(outcome, at: slot)
    }
    return news(since: before, at: slot, outcome.failure?.message ?? "the answer was no")
  }

  /// Whether the answer to an abandoned check might still arrive. If a host ends a command at the command's time limit but is busy, its
  /// report can be late.
  var awaitsLate: Bool { overdue.contains { $0 != nil } }

  /// Abandons the checks whose time limit ends with this timer, and returns what to report.
  mutating func late(_ timer: Int, _ group: inout DiscardingTaskGroup) -> [(words: String, isBad: Bool)] {
    var told: [(words: String, isBad: Bool)] = []
    for slot in checks.late(timer) {
      guard let intent = running[slot] else { continue }
      running[slot] = nil
      if let older = overdue[slot] { cancel(older, at: slot, &group) }
      overdue[slot] = intent
      let before = checks.tally
      checks.gaveUp(slot)
      if let news = news(since: before, at: slot, "it gave no answer within \(checks.alarm.limit)") { told.append(news) }
    }
    if let another = checks.anotherTimer() { ring(.late(another), after: checks.patience, &group) }
    return told
  }

  private mutating func news(since before: AlarmRecord.Tally, at slot: Int, _ words: String) -> (words: String, isBad: Bool)? {
    let name = if case .host(let number) = checks.places[slot] { plan.name(ofHost: number) } else { "this machine" }
    let wasSilent = silent[slot]
    silent[slot] = checks.tally.unanswered > before.unanswered
    if checks.tally.bad > before.bad { return ("\(name): \(words)", true) }
    return silent[slot] && !wasSilent ? ("\(name): \(words)", false) : nil
  }

  mutating func rang() { checks.rang() }

  /// Ends the checks that are running.
  mutating func end(_ group: inout DiscardingTaskGroup) {
    for checks in [running, overdue] {
      for (slot, intent) in checks.enumerated() { if let intent { cancel(intent, at: slot, &group) } }
    }
    running = running.map { _ in nil }
    overdue = running
    sink.finish()
  }

  private func cancel(_ intent: Int, at slot: Int, _ group: inout DiscardingTaskGroup) {
    let site: HostSite? = if case .host(let number) = checks.places[slot] { site(number) } else { nil }
    group.addTask { [ports, name] in
      if let site { await ports.transport.cancel(intent, at: site) } else { await ports.machine.cancel(intent, of: name) }
    }
  }
}
