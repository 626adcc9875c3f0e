import DeployModel

/// The differences between a saved plan and a new one, each as a problem.
struct PlanDifferences {
  private(set) var problems: [Problem] = []

  /// - Parameter files: the names of the source files that differ, or an empty list if they are unknown.
  init(_ before: PlanRecord, _ now: PlanRecord, files: [String]) {
    compare("lander", before.engine, now.engine)
    compare("application", before.application, now.application)
    compare("recipe", before.recipe, now.recipe)
    compare("group", before.group, now.group)
    if before.sources != now.sources {
      let which = files.isEmpty ? "" : ": \(files.prefix(12).joined(separator: ", "))\(files.count > 12 ? ", …" : "")"
      differ("recipe sources", "they are others than the plan was made with\(which)")
    }
    compare(before.parameters, now.parameters)
    compare("bundle", before.bundle?.short ?? "none", now.bundle?.short ?? "none")
    compare("secrets", before.secrets.joined(separator: " "), now.secrets.joined(separator: " "))
    compare("hosts", before.hosts, now.hosts, isConnected: before.connected)
    compare("partners", before.partners, now.partners, isConnected: false)
    if before.connected, let stages = before.stages { compare(stages, now.stages ?? []) }
  }

  /// Compares the stages that both plans have. A stage that is only in one of the plans is ignored here, because then the sources differ
  /// too.
  private mutating func compare(_ before: [PlanRecord.StageRecord], _ now: [PlanRecord.StageRecord]) {
    for old in before {
      guard let new = now.first(where: { $0.name.isExactly(old.name) }), !new.standing.isExactly(old.standing) else { continue }
      differ("stage \(old.name)", "in the plan it \(old.standing); now it \(new.standing)")
    }
  }

  private mutating func differ(_ subject: String, _ words: String) { problems.append(Problem(words, subject: subject)) }

  private mutating func compare(_ subject: String, _ before: String, _ now: String) {
    guard !before.isExactly(now) else { return }
    func quoted(_ text: String) -> String { text.isEmpty ? "none" : text }
    differ(subject, "the plan has \(quoted(before)), and it is \(quoted(now)) now")
  }

  private mutating func compare(_ before: Value, _ now: Value) {
    let names = before.members.map(\.name) + now.members.map(\.name).filter { before[$0] == nil }
    for name in names {
      switch (before[name], now[name]) {
      case (let old?, let new?) where !old.isAlike(new): differ("parameter \(name)", "it has another value than in the plan")
      case (nil, _?): differ("parameter \(name)", "the plan has no such parameter")
      case (_?, nil): differ("parameter \(name)", "the plan has it, and the recipe declares it no more")
      default: continue
      }
    }
  }

  private mutating func compare(
    _ what: String, _ before: [PlanRecord.HostRecord], _ now: [PlanRecord.HostRecord], isConnected: Bool
  ) {
    let added = now.map(\.host.name).filter { name in !before.contains { $0.host.name.isExactly(name) } }
    if !added.isEmpty { differ(what, "new since the plan: \(added.prefix(20).joined(separator: " "))\(added.count > 20 ? " …" : "")") }
    for old in before {
      guard let new = now.first(where: { $0.host.name.isExactly(old.host.name) }) else {
        differ(old.host.name, "it is in the plan, and no more among the \(what)")
        continue
      }
      if !old.host.isAlike(new.host) { differ(old.host.name, "its address, login, root, tags or vars are others than in the plan") }
      if isConnected, let was = old.standing, let stands = new.standing, !was.isExactly(stands) {
        differ(old.host.name, "in the plan it \(was); now it \(stands)")
      }
    }
  }
}

extension Host {
  /// Whether both values describe the same machine with the same connection, tags and variables. Their numbers can differ.
  fileprivate func isAlike(_ other: Host) -> Bool {
    guard tags.isAlike(other.tags), vars.isAlike(other.vars) else { return false }
    var (a, b) = (self, other)
    (a.number, a.tags, a.vars) = (0, .null, .null)
    (b.number, b.tags, b.vars) = (0, .null, .null)
    return a == b
  }
}

extension Value {
  /// Whether both values are equal after a round trip through JSON, which does not distinguish 10 from 10.0.
  fileprivate func isAlike(_ other: Value) -> Bool {
    switch (self, other) {
    case (.int(let a), .number(let b)), (.number(let b), .int(let a)): Double(a) == b
    case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isAlike($1) }
    case (.record(let a), .record(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.name.isExactly($1.name) && $0.value.isAlike($1.value) }
    default: self == other
    }
  }
}
