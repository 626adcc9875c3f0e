import DeployCore
package import DeployModel

/// What a command does on a simulated host. A command that no test describes ends with status 0 and writes nothing.
package struct SimulatedCommand: Sendable, Hashable {
  /// What the command writes on stdout, as soon as it starts.
  package var stdout = ""
  package var stderr = ""
  /// The exit status of the command, or 128 plus the signal's number after a signal.
  package var status = 0
  /// How long the command takes, or nil for the duration that the world's pace determines.
  package var duration: Interval?
  /// The files that the command appends text to when it starts. Relative paths start from the command's folder.
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

  /// Returns both streams as the host keeps them.
  /// - Parameters:
  ///   - merged: whether both streams are merged into one.
  ///   - limit: the limit of each stream that the host keeps, in bytes.
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
  /// Changes the outcome to the answer of the engine's own machine, unless the outcome has another failure.
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
  /// Makes a stream of a simulated command from its output: either the whole text or the text's beginning and end.
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
  /// Whether the outcome of the operation must never be guessed, because the operation is a command or a POST.
  package var isCommand: Bool {
    switch self {
    case .run: true
    case .http(let request): request.isEffect
    default: false
    }
  }

  /// Whether a host refuses the operation if a newer owner has replaced its sender. A host refuses every change, and also checks, which are
  /// jobs too.
  var obeysFence: Bool {
    switch self {
    case .read, .exists, .download, .sources, .lock, .unlock: false
    default: true
    }
  }

  /// Whether a host records the outcome of the operation and reports it again to a repeated request.
  var isRemembered: Bool {
    switch self {
    case .read, .exists, .download, .sources, .lock, .unlock, .park, .unpark, .mark: false
    default: true
    }
  }

  /// Whether several engines might request the operation under the same intent, so that each engine gets its own answer.
  var isForOneEngine: Bool {
    switch self {
    case .park, .unpark: true
    default: false
    }
  }

  /// Whether the operation is started once more if nobody knows how it ended.
  var mayRepeat: Bool {
    switch self {
    case .run(let command): command.onLost == .repeat
    case .http(let request): !request.isEffect || request.onLost == .repeat
    default: true
    }
  }

  /// The command in the form for people, and its input. Nil if the operation runs nothing that belongs to a recipe.
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
