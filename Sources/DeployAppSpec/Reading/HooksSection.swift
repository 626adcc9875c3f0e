/// The scripts of one lifecycle event.
package struct EventHooks: Sendable, Hashable {
  package var event: String
  package var scripts: [HookScript]
  package var line: Int
  package init(event: String, scripts: [HookScript], line: Int = 1) {
    self.event = event
    self.scripts = scripts
    self.line = line
  }

  static func read(_ node: SpecNode?) -> (items: [EventHooks], problems: [SpecProblem]) {
    guard let node, node.isTruthy else { return ([], []) }
    if case .list(let list) = node.content, list.isEmpty { return ([], []) }
    guard case .map(let members) = node.content else {
      return ([], [SpecProblem(.structure, "hooks is \(node.named) where a map from event to scripts belongs", line: node.line)])
    }
    var problems: [SpecProblem] = []
    var items: [EventHooks] = []
    for member in members {
      let event = member.key.scalar?.printed ?? member.key.named
      var scripts: [HookScript] = []
      for entry in SpecSection.entries(of: member.value, named: "hooks.\(event)", problems: &problems) {
        do {
          scripts.append(try HookScript(entry))
        } catch {
          problems.append(error)
        }
      }
      items.append(EventHooks(event: event, scripts: scripts, line: member.key.line))
    }
    return (items, problems)
  }
}

/// A script that a lifecycle event runs.
package struct HookScript: Sendable, Hashable {
  /// The script's path in the unpacked bundle.
  package var location: String
  /// The time limit of the script, in seconds. By then, the script must have ended and its output must have been closed.
  package var timeout: Int
  /// The user that the script runs as, through `su`, or nil for the engine's user.
  package var runAs: String?
  /// Whether the script runs through `sudo`, which removes the deployment's variables.
  package var sudo: Bool
  package var line: Int
  /// Whether the appspec file gives a timeout.
  package var givesTimeout: Bool

  package static let standardTimeout = 3600
  /// The longest timeout of a script, in seconds. It is 100 days, like all time limits.
  static let longest = 8_640_000

  package init(
    location: String, timeout: Int = HookScript.standardTimeout, runAs: String? = nil, sudo: Bool = false, line: Int = 1,
    givesTimeout: Bool = true
  ) {
    self.location = location
    self.timeout = timeout
    self.runAs = runAs
    self.sudo = sudo
    self.line = line
    self.givesTimeout = givesTimeout
  }

  init(_ entry: SpecNode) throws(SpecProblem) {
    line = entry.line
    location = entry["location"]?.stripped ?? ""
    guard !location.isEmpty else {
      throw SpecProblem(
        .hookLocation, "the hooks section names a script with no location value", line: entry.line, fix: "location: scripts/start.sh")
    }
    let given = entry["timeout"].flatMap { $0.isTruthy ? $0 : nil }
    givesTimeout = given != nil
    timeout = given == nil ? Self.standardTimeout : given?.scalar.flatMap(Self.seconds) ?? 0
    guard timeout > 0 else {
      throw SpecProblem(
        .hookTimeout, "an invalid timeout value was provided for \(location): \(given?.named ?? "0") is no number of seconds over 0",
        line: given?.line ?? entry.line, fix: "timeout: 300")
    }
    guard timeout <= Self.longest else {
      throw SpecProblem(
        .hookTimeout, "the timeout of \(location) is \(timeout) seconds, and 100 days are the most", line: given?.line ?? entry.line,
        fix: "timeout: 3600")
    }
    guard location.utf8.count <= HostPath.longest else {
      throw SpecProblem(.hookLocation, HostPath.tooLong("the location of a script", location), line: entry.line)
    }
    let user = entry["runas"]?.stripped ?? ""
    runAs = user.isEmpty ? nil : user
    sudo = entry["sudo"]?.isTruthy ?? false
  }

  /// Returns the whole number at the beginning of a value: `30s` is 30, 5.9 is 5, `soon` is 0. Returns nil for a value that cannot contain
  /// a number, such as `true`.
  private static func seconds(_ scalar: SpecScalar) -> Int? {
    switch scalar {
    case .int(let int): return int
    case .number(let number): return number.isFinite && abs(number) < 1e15 ? Int(number) : nil
    case .text(let text):
      let trimmed = text.trimmingSpace
      let sign = trimmed.first == "-" ? -1 : 1
      let digits = (trimmed.first == "-" || trimmed.first == "+" ? trimmed.dropFirst() : trimmed).prefix { $0.isNumber || $0 == "_" }
      return (Int(digits.filter { $0 != "_" }) ?? 0) * sign
    default: return nil
    }
  }
}
