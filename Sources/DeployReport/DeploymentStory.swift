package import DeployModel

/// Everything that is known about one deployment so far. It is made from the journal's entries, in order.
package struct DeploymentStory: Sendable {
  /// One host's part of the deployment.
  package struct HostStory: Sendable {
    package var name: String
    package var status: HostStatus = .pending
    /// The lifecycle event that is running on the host.
    package var event: LifecycleEvent?
    /// The operation that is running on the host, or nil if none is.
    var operation: DeployModel.Operation?
    /// The operation that is running on the host, in words.
    package var doing: String? { operation?.sentence }
    package var began: Timestamp?
    package var ended: Timestamp?
    /// Whether the host gets traffic, according to the last note in the journal, or nil if the journal has no such note.
    package var service: Service?
  }

  /// Something that runs on the engine's own machine.
  package struct HereStory: Sendable {
    var intent: Int
    /// The operation in words.
    package var doing: String
    package var began: Timestamp

    /// Returns the operation and its duration so far, such as `run make check, for 2 m`.
    package func words(_ now: Timestamp) -> String { "\(doing), for \(max(began, now) - began)" }
  }

  /// A failure, and where it happened.
  package struct Failing: Sendable {
    package var host: Int?
    package var event: LifecycleEvent?
    package var stage: String?
    package var error: ScriptError
    /// The last operation that failed before the failure was noted, in words, or nil if none is known.
    package var operation: String?
    /// The exit status of the operation in `operation`, or nil if there is none.
    package var status: Int?
  }

  /// The operations that a stage, or a function of a task, ran on hosts or on the engine's machine.
  struct RanStory: Sendable {
    /// The stage's name.
    var name: String
    /// The first operations in words, but at most `mostRan` of them. `host` is the host's name, or nil for the engine's own machine.
    var first: [(host: String?, doing: String)] = []
    /// The number of all operations.
    var count = 0
  }

  /// A stage that began.
  package struct StageStory: Sendable {
    package var name: String
    package var began: Timestamp
    package var ended: Timestamp?
    package var error: ScriptError?
  }

  /// A message, and the deployment's answer.
  package struct MessageStory: Sendable {
    package var message: Message
    /// The time at which the deployment received the message, by the engine's clock.
    package var at: Timestamp
    /// The name of the gate that was open at that time, or nil if no gate was open.
    package var gate: String?
    /// Whether the deployment accepted the message, or nil if there is no answer yet.
    package var accepted: Bool?
    /// The answer in words, or nil if there is none yet.
    package var answer: String?
  }

  /// Something that somebody did without a message: sent a signal, or resumed the deployment with another engine.
  package struct SignalStory: Sendable {
    package var at: Timestamp
    package var by: String
    package var verb: String
    package var comment: String
  }

  package private(set) var plan: Plan?
  package private(set) var hosts: [HostStory] = []
  package private(set) var stages: [StageStory] = []
  /// What runs on the engine's own machine, in the order in which it was started.
  package private(set) var here: [HereStory] = []
  /// The number and the hosts of the current wave, or of the last wave if no wave is running.
  package private(set) var wave: (number: Int, hosts: [Int])?
  package private(set) var began: Timestamp?
  package private(set) var last: Timestamp?
  /// The first thing that went wrong.
  package private(set) var first: Failing?
  /// The gates, in the order in which they were opened.
  package private(set) var gates: [GateStory] = []
  /// If the strategy ended the rollout on purpose, the reason, and the number of hosts that it left on the old revision; otherwise nil.
  package private(set) var stopped: (reason: String, left: Int)?
  package private(set) var remarks: [String] = []
  package private(set) var cancelled: String?
  /// The pause, or nil if the deployment is not paused.
  package private(set) var pause: Pause?
  /// Until when hosts keep the parked deployment, and since when it has been parked. Nil if the deployment is not parked.
  package private(set) var parked: (until: Timestamp, since: Timestamp)?
  package private(set) var conclusion: Conclusion?
  /// The name of the irreversible stage that has begun, or nil if none has begun. After such a stage has begun, no host is rolled back.
  package private(set) var barrier: String?
  /// The number of entries so far.
  package private(set) var count = 0

  /// The messages, in the order in which the deployment got them.
  package private(set) var messages: [MessageStory] = []
  package private(set) var signals: [SignalStory] = []
  /// The weights before the first shift and after the last one. Nil if nothing was shifted, or if the weights before the first shift are
  /// unknown.
  package private(set) var weights: (first: Weights, last: Weights)?

  /// The operations of stages and of a task's functions, in the order in which they began.
  private(set) var ran: [RanStory] = []
  private static let mostRan = 8

  private var running: [Int: Intent] = [:]
  private var runningOn: [[Int]] = []
  private var lastFailed: [(operation: String, status: Int?)?] = []
  private var lastFailedHere: (operation: String, status: Int?)?

  package init() {}

  /// Whether hosts are rolled back if the deployment fails.
  package var goesBack: Bool { plan.map { $0.kind.task == nil && $0.flow.rollback && barrier == nil } ?? true }

  /// Why hosts are not rolled back. This is meaningful only if `goesBack` is false.
  var whyNothingGoesBack: String { barrier.map { "stage \(SafeText.line($0)) cannot be undone" } ?? "rollback is off" }

  /// The story of a whole journal.
  package init(_ entries: [Entry]) {
    for entry in entries { take(entry) }
  }

  /// Adds the next entry.
  package mutating func take(_ entry: Entry) {
    count += 1
    last = entry.at
    switch entry.fact {
    case .planned(let plan): begin(plan, at: entry.at)
    case .happened(let happening): take(happening, at: entry.at)
    case .intended(let intent): take(intent, at: entry.at)
    case .noted(let note): take(note, at: entry.at)
    case .resumed(let actor):
      remarks.append("resumed by \(actor)")
      signals.append(SignalStory(at: entry.at, by: actor, verb: "resumed it with another engine", comment: ""))
    case .concluded(let conclusion):
      self.conclusion = conclusion
      here = []
      (pause, parked) = (nil, nil)
      for (number, status) in conclusion.hosts.enumerated() where number < hosts.count {
        set(number, status, at: entry.at)
      }
      if first == nil, let error = conclusion.error, !isWish(error) { first = Failing(error: error) }
    }
  }

  private mutating func begin(_ plan: Plan, at moment: Timestamp) {
    self.plan = plan
    barrier = plan.flow.behind
    began = moment
    hosts = plan.hosts.map { host in
      switch host.action {
      case .change: HostStory(name: host.host.name)
      case .unchanged: HostStory(name: host.host.name, status: .unchanged)
      case .leftOut(let failure): HostStory(name: host.host.name, status: .leftOut(failure))
      }
    }
    runningOn = hosts.map { _ in [] }
    lastFailed = hosts.map { _ in nil }
  }

  private mutating func take(_ happening: Happening, at moment: Timestamp) {
    switch happening {
    case .started, .rang: break
    case .cancelled(let reason):
      cancelled = reason
      signals.append(SignalStory(at: moment, by: plan?.origin.actor ?? "", verb: "ended it", comment: reason))
    case .said(let message): messages.append(MessageStory(message: message, at: moment, gate: openGate?.gate.name))
    case .overtaken, .parks, .revived: break
    case .unparks: parked = nil
    case .finished(let id, let outcome):
      guard let intent = running.removeValue(forKey: id) else { return }
      let failed = outcome.failure.map { _ in
        (operation: intent.operation.sentence, status: outcome.status)
      }
      guard case .host(let number) = intent.place, hosts.indices.contains(number) else {
        here.removeAll { $0.intent == id }
        if failed != nil { lastFailedHere = failed }
        return
      }
      runningOn[number].removeAll { $0 == id }
      hosts[number].operation = runningOn[number].last.flatMap { running[$0]?.operation }
      if failed != nil { lastFailed[number] = failed }
    }
  }

  private mutating func take(_ intent: Intent, at moment: Timestamp) {
    running[intent.id] = intent
    if case .mark(let request) = intent.operation, request.mark.isIrreversible {
      barrier = request.act == .drop ? plan?.flow.behind : barrier ?? request.mark.stage
    }
    if let stage = intent.site.stage, intent.site.event == nil, intent.operation.changes, isOwn(stage) {
      let host: String? = if case .host(let number) = intent.place { plan?.name(ofHost: number) } else { nil }
      if ran.last?.name.isExactly(stage) != true { ran.append(RanStory(name: stage)) }
      ran[ran.count - 1].count += 1
      if ran[ran.count - 1].first.count < Self.mostRan { ran[ran.count - 1].first.append((host, intent.operation.sentence)) }
    }
    guard case .host(let number) = intent.place, hosts.indices.contains(number) else {
      return here.append(HereStory(intent: intent.id, doing: intent.operation.sentence, began: moment))
    }
    runningOn[number].append(intent.id)
    hosts[number].operation = intent.operation
  }

  /// Whether this is the name of one of the recipe's own stages, or of the task's function. Stages that undo others do not count.
  private func isOwn(_ stage: String) -> Bool {
    guard let plan else { return false }
    if plan.kind.task != nil { return stage != "traffic" }
    return plan.flow.stages.contains { if case .script(stage, _, _, _, _, let terms) = $0 { terms?.undoes == nil } else { false } }
  }

  private mutating func take(_ note: Note, at moment: Timestamp) {
    switch note {
    case .stageBegan(let name): stages.append(StageStory(name: name, began: moment))
    case .stageEnded(let name, let error):
      if let index = stages.lastIndex(where: { $0.name == name }) {
        stages[index].ended = moment
        stages[index].error = error
      }
      if let error, first == nil, !isWish(error) {
        let number = error.host.flatMap { host in hosts.firstIndex { $0.name.isExactly(host) } }
        let failed = number.flatMap { lastFailed[$0] } ?? lastFailedHere
        first = Failing(
          host: number, stage: name, error: error, operation: failed?.operation,
          status: failed?.status)
      }
    case .waveBegan(let number, let hosts, _): wave = (number, hosts)
    case .waveEnded, .restartBegan, .restartEnded: break
    case .eventBegan(let host, let event):
      if hosts.indices.contains(host) { hosts[host].event = event }
    case .eventEnded(let host, let event, let error):
      guard hosts.indices.contains(host) else { return }
      if let error { fail(host, event, error) } else { hosts[host].event = nil }
    case .eventSkipped: break
    case .host(let number, let status): set(number, status, at: moment)
    case .gateOpened(let number, let gate):
      let names = (gate.watch?.hosts ?? []).compactMap { hosts.indices.contains($0) ? hosts[$0].name : nil }
      let isTask = plan?.kind.task != nil
      gates.append(
        GateStory(
          number: number, gate: gate, opened: moment, hosts: names, goesBack: goesBack, isTask: isTask,
          why: whyNothingGoesBack))
    case .gateClosed(let number, let answer):
      guard let index = gates.lastIndex(where: { $0.number == number }) else { return }
      gates[index].answer = answer
      gates[index].closed = moment
    case .serviceChanged(let host, let service): if hosts.indices.contains(host) { hosts[host].service = service }
    case .shifted(let from, let to): shift(from, to)
    case .stopped(let reason, let left): stopped = (reason, left.count)
    case .log: break
    case .remark(let text): remarks.append(text)
    case .answered(let id, let accepted, let words):
      remarks.append(words)
      guard let index = messages.firstIndex(where: { $0.message.id == id && $0.accepted == nil }) else { return }
      (messages[index].accepted, messages[index].answer) = (accepted, words)
      if accepted, messages[index].message.kind == .cancel { cancelled = cancelled ?? messages[index].message.words }
    case .paused(let message): pause = message.map { Pause($0, since: moment) }
    case .parked(let until): parked = until.map { ($0, moment) }
    }
  }

  private mutating func shift(_ from: Weights?, _ to: Weights) {
    if let first = weights?.first ?? from { weights = (first, to) }
  }

  private mutating func fail(_ host: Int, _ event: LifecycleEvent?, _ error: ScriptError) {
    guard first == nil, !isWish(error) else { return }
    let failed = lastFailed[host]
    first = Failing(
      host: host, event: event, stage: stages.last?.name, error: error,
      operation: failed?.operation, status: failed?.status)
  }

  private mutating func set(_ number: Int, _ status: HostStatus, at moment: Timestamp) {
    guard hosts.indices.contains(number), hosts[number].status != status else { return }
    if hosts[number].began == nil { hosts[number].began = moment }
    hosts[number].status = status
    if let error = status.error { fail(number, hosts[number].event, error) }
    // The host was restarted for a comparison. It still waits for its wave.
    if status == .pending { (hosts[number].began, hosts[number].operation, hosts[number].event) = (nil, nil, nil) }
    if status.isFinal {
      hosts[number].ended = moment
      hosts[number].operation = nil
      hosts[number].event = nil
    }
  }

  /// Whether the error is nothing but the result of a cancellation that somebody requested.
  private func isWish(_ error: ScriptError) -> Bool { cancelled != nil && error.failure.kind == .cancelled }

  /// The gate that waits for an answer, or nil if no gate is waiting.
  package var openGate: GateStory? { conclusion == nil ? gates.last { $0.answer == nil } : nil }

  /// The time from the start to the end or, if the deployment has not ended, to the last entry.
  package var duration: Interval { began.flatMap { began in last.map { $0 - began } } ?? .zero }
  package var id: Deployment.ID { plan?.id ?? Deployment.ID("") }
}
