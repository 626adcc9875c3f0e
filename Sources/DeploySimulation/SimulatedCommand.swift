import DeployCore
package import DeployModel

/// What a command does on a simulated host. A command that nobody described ends with 0 and writes nothing.
package struct SimulatedCommand: Sendable, Hashable {
  /// All that it writes, as soon as it starts.
  package var stdout = ""
  package var stderr = ""
  /// Its exit status; for a signal, 128 plus the signal's number.
  package var status = 0
  /// How long it takes; nil: as long as the world's pace says.
  package var duration: Interval?
  /// Files that it appends to when it starts: paths relative to its folder, and the added text.
  package var appends: [Appended] = []

  package struct Appended: Sendable, Hashable {
    package var path: String
    package var text: String
    package init(_ path: String, _ text: String) {
      self.path = path
      self.text = text
    }
  }

  package init() {}

  /// Both streams, as an outcome carries them.
  /// - Parameters:
  ///   - merged: whether both are one.
  ///   - limit: bytes of each stream that the host keeps.
  func streams(merged: Bool, limit: Int) -> (out: String, err: String) {
    (Self.kept(merged ? stdout + stderr : stdout, limit), merged ? "" : Self.kept(stderr, limit))
  }

  private static func kept(_ text: String, _ limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    return String(decoding: text.utf8.prefix(limit), as: UTF8.self)
      + "\n[lander: output ends here; what came after \(limit) bytes was not kept]\n"
  }
}

extension SimulatedCommand {
  /// What the engine's own machine answers, unless it failed for another reason.
  func answer(_ operation: DeployModel.Operation, _ outcome: inout Outcome) {
    switch operation {
    case .run(let command):
      let (out, err) = streams(merged: command.merge, limit: Captured.limit)
      (outcome.stdout, outcome.stderr) = (Captured(simulated: out), Captured(simulated: err))
      if outcome.failure == nil, status != 0 { outcome.failure = Failure(.command, "`\(command.line)` exited with \(status)") }
      outcome.status = outcome.failure == nil ? 0 : max(1, status)
    case .check:
      if outcome.failure == nil, status != 0 {
        outcome.failure = Failure(.unhealthy, "\(operation.words?.line ?? ""): the check answered no")
      }
      outcome.value = .bool(outcome.failure == nil)
    default: return
    }
  }
}

extension Captured {
  /// A stream of a simulated command: whole, or its beginning and its end.
  init(simulated text: String) {
    let (all, half) = (text.utf8.count, Captured.limit / 2 - 64)
    guard all > Captured.limit else {
      self.init(text: text)
      return
    }
    let (head, tail) = (String(decoding: text.utf8.prefix(half), as: UTF8.self), String(decoding: text.utf8.suffix(half), as: UTF8.self))
    self.init(text: "\(head)\n[lander: \(all - 2 * half) bytes left out]\n\(tail)", bytes: all, truncated: true)
  }
}

extension DeployModel.Operation {
  /// Whether nobody may guess how the command ended. A command that changes nothing may run again.
  package var isCommand: Bool {
    switch self {
    case .run(let command): command.isQuestion != true
    case .http(let request): request.isEffect
    default: false
    }
  }

  /// Whether a host refuses it from an overtaken owner: this holds for every change, and for checks, which are jobs too.
  var obeysFence: Bool {
    switch self {
    case .read, .exists, .download, .sources, .lock, .unlock: false
    case .run(let command): command.isQuestion != true
    default: true
    }
  }

  /// Whether a host remembers its end, and reports it again when asked again.
  var isRemembered: Bool {
    switch self {
    case .read, .exists, .download, .sources, .lock, .unlock, .park, .unpark, .mark: false
    default: true
    }
  }

  /// Whether several engines may ask it under one number, so that each gets its own answer.
  var isForOneEngine: Bool {
    switch self {
    case .park, .unpark: true
    default: false
    }
  }

  /// Whether it is started once more if nobody knows how it ended.
  var mayRepeat: Bool {
    switch self {
    case .run(let command): command.onLost == .repeat
    case .http(let request): !request.isEffect || request.onLost == .repeat
    default: true
    }
  }

  /// The command as a person would read it, and its input; nil if it runs nothing of the recipe's.
  var words: (line: String, input: String)? {
    switch self {
    case .run(let command): (command.line, command.input?.description ?? "")
    case .check(.command(let line)): (line, "")
    case .check(.port(let port)): ("port \(port)", "")
    case .check(.http(let url, _)): ("GET \(url)", "")
    default: nil
    }
  }
}
