import DeployCore
import DeployModel
import DeploySimulation

/// What happened in a trial, in the form that tests compare.
struct TrialStory {
  private let parts: [TrialPart]
  /// The release that each host serves at the end, by name, or nil if there is none.
  private let current: (String) -> Release.ID?
  /// The files of each host at the end, by name.
  private let files: [(String, Value)]

  init(_ parts: [TrialPart], files: [(String, Value)], current: @escaping (String) -> Release.ID?) {
    self.parts = parts
    self.files = files
    self.current = current
  }

  init(_ simulation: Simulation) {
    self.init(
      simulation.engines.map { TrialPart($0) }, files: simulation.hosts.map { ($0.name, Self.files($0)) },
      current: { name in simulation.hosts.first { $0.name.isExactly(name) }?.current })
  }

  func members(_ code: (Conclusion, Conclusion?) -> Int) -> [(String, Value)] {
    let (first, back) = (parts[0], parts.dropFirst().first)
    var members = members(of: first, isFollowed: back != nil)
    if let conclusion = first.conclusion { members.append(("exit", .int(code(conclusion, back?.conclusion)))) }
    if let back { members.append(("back", .record(of: self.members(of: back, isFollowed: false)))) }
    return members
  }

  private func members(of part: TrialPart, isFollowed: Bool) -> [(String, Value)] {
    let (plan, entries) = (part.plan, part.entries)
    let notes = entries.compactMap { entry in if case .noted(let note) = entry.fact { note } else { nil } }
    let gates = closedGates(notes)
    var members: [(String, Value)] = [
      ("decisions", .list((decisions(notes, gates) + (isFollowed ? ["rollback"] : [])).map { .text($0) })),
      ("waves", .list(notes.compactMap { wave($0, plan) })), ("commands", .list(entries.compactMap { command($0, plan) })),
      ("hosts", .record(of: plan.hosts.indices.map { (plan.hosts[$0].host.name, host($0, of: part)) })),
      ("gates", .list(gates.map(\.value))), ("log", .list(notes.compactMap(line))),
      ("files", .record(of: files)),
      ("took", .number(Double((entries.last.map { $0.at - plan.origin.at } ?? .zero).milliseconds) / 1000)),
    ]
    members.append(("status", .text(part.conclusion?.status.rawValue ?? "open")))
    if let failure = part.conclusion?.error?.failure { members.append(("failure", .text(failure.message))) }
    return members
  }

  /// A gate that was closed, with its answer.
  private struct ClosedGate {
    var number: Int
    var gate: Gate
    var answer: GateAnswer

    var value: Value {
      var members: [(String, Value)] = [
        ("name", .text(gate.name)), ("kind", .text(gate.kind.rawValue)), ("verdict", .text(answer.verdict.rawValue)),
        ("comment", .text(answer.comment)),
      ]
      if let by = answer.by { members.append(("by", .text(by))) }
      return .record(of: members)
    }
  }

  private func closedGates(_ notes: [Note]) -> [ClosedGate] {
    var open: [(number: Int, gate: Gate)] = []
    var closed: [ClosedGate] = []
    for note in notes {
      switch note {
      case .gateOpened(let number, let gate): open.append((number, gate))
      case .gateClosed(let number, let answer):
        if let gate = open.last(where: { $0.number == number })?.gate {
          closed.append(ClosedGate(number: number, gate: gate, answer: answer))
        }
      default: continue
      }
    }
    return closed
  }

  private func decisions(_ notes: [Note], _ gates: [ClosedGate]) -> [String] {
    notes.compactMap { note in
      switch note {
      case .stageBegan(let name): "stage \(name)"
      case .waveBegan(let number, let hosts, let upto):
        "wave \(number): \(hosts.count.of("host"))" + (upto.map { " up to \($0.rawValue)" } ?? "")
      case .restartBegan(let hosts): "restart: \(hosts.count.of("host"))"
      case .gateClosed(let number, let answer):
        "gate \(gates.first { $0.number == number }?.gate.name ?? "\(number)"): \(answer.verdict.rawValue)"
      case .shifted(_, let to): "shift \(to.sentence)"
      case .stopped: "stop"
      default: nil
      }
    }
  }

  private func wave(_ note: Note, _ plan: Plan) -> Value? {
    guard case .waveBegan(_, let hosts, _) = note else { return nil }
    return .list(hosts.map { .text(plan.hosts[$0].host.name) })
  }

  private func command(_ entry: Entry, _ plan: Plan) -> Value? {
    guard case .intended(let intent) = entry.fact else { return nil }
    guard let line = Self.line(of: intent.operation) else { return nil }
    let user: String? = if case .run(let command) = intent.operation { command.user } else { nil }
    var members: [(String, Value)] = [("command", .text(line))]
    if case .host(let number) = intent.place {
      members.append(("host", .text(plan.name(ofHost: number))))
    } else {
      members.append(("host", "here"))
    }
    if let event = intent.site.event { members.append(("event", .text(event.rawValue))) }
    if let user { members.append(("user", .text(user))) }
    return .record(of: members)
  }

  /// Returns the text against which answers to an operation are matched, or nil if the operation is not a command, a check or a request.
  static func line(of operation: DeployModel.Operation) -> String? {
    switch operation {
    case .run(let command): command.line
    case .check(.command(let command)): command
    case .check(.port(let port)): "port \(port)"
    case .check(.http(let url, _)): "GET \(url)"
    case .http(let request): request.line
    default: nil
    }
  }

  /// Whether the setting `fails` of t:deploy applies to this operation.
  static func mayFail(_ operation: DeployModel.Operation) -> Bool {
    switch operation {
    case .appspec, .activate(_?): true
    default: line(of: operation) != nil
    }
  }

  private func host(_ number: Int, of part: TrialPart) -> Value {
    var members: [(String, Value)] = [("status", .text(part.conclusion?.hosts[number].word ?? "waiting"))]
    if let current = current(part.plan.hosts[number].host.name) {
      members.append(("release", .text(current == parts[0].plan.content.release?.id ? "new" : "earlier")))
    }
    return .record(of: members)
  }

  private static func files(_ host: SimulatedHost) -> Value {
    .record(
      of: host.files.compactMap { path, file in
        if case .text(let text) = file.kind { (path, .text(text)) } else { nil }
      })
  }

  private func line(_ note: Note) -> Value? {
    if case .log(_, let line) = note { .text(line.text) } else { nil }
  }
}
