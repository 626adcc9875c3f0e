/// An error that was found before anything started, in what somebody wrote or asked for, or in the environment. It says what is wrong,
/// where, and what to do.
package struct Problem: Error, Sendable, Hashable, Codable {
  /// One sentence that says what was found and what was expected.
  package var message: String
  package var place: SourcePlace?
  /// The host, file or option that has the problem. Nil if there is none, or if the problem is in a line of a recipe.
  package var subject: String?
  /// What to do next, such as `did you mean "production"?` or a command to type, or nil if unknown.
  package var fix: String?
  package init(_ message: String, place: SourcePlace? = nil, subject: String? = nil, fix: String? = nil) {
    self.message = message
    self.place = place
    self.subject = subject
    self.fix = fix
  }
}

/// All problems of one request, with the exit code that the command returns.
package struct Problems: Error, Sendable, Hashable {
  package var list: [Problem]
  package var exit: ExitCode
  /// What had already been done when the problems were found, or nil if nothing had been done.
  package var done: String?
  package init(_ list: [Problem], exit: ExitCode = .usage) {
    self.list = list
    self.exit = exit
  }
  package init(_ problem: Problem, exit: ExitCode = .usage) { self.init([problem], exit: exit) }
}

extension Failure {
  /// Returns the failure as a problem of a host or file. With a nil subject, the problem names neither.
  package func problem(of subject: String? = nil) -> Problem {
    Problem(message, subject: subject, fix: fix)
  }
}

/// The exit codes of `lander`. They are stable, because CI jobs branch on them.
package enum ExitCode: Int32, Sendable, Hashable, CaseIterable {
  case done = 0
  /// A bug in lander itself.
  case `internal` = 1
  /// The user's input is wrong, and nothing was started.
  case usage = 2
  case refused = 3
  /// Another deployment holds the lock of hosts, or is newer.
  case locked = 4
  /// The deployment failed, and every host that it had touched is back on its previous release.
  case rolledBack = 10
  /// The deployment failed and could not roll every host back, so a person has to act.
  case rollbackFailed = 11
  /// The deployment failed, and hosts were left as they are, because the recipe or the command says so.
  case held = 12
  case paused = 13
  /// The deployment ended on purpose with hosts on the old revision. For `plan`: the rehearsal could not see how the deployment would end.
  case partial = 14
  /// The deployment was cancelled, and its hosts were restored.
  case cancelled = 15
  /// A person rejected the deployment or nobody answered in time, and hosts are as before.
  case rejected = 16
  /// A gate that checks or measures hosts found the release bad, and every touched host is back on its previous release.
  case unfit = 17
  /// Hosts were unreachable before the start. Nothing was changed, and the command can be repeated.
  case unreachable = 20
  /// The transport, disk space or the store caused a failure. Every touched host is as before, and the command can be repeated.
  case infrastructure = 21
  /// The command stopped waiting, but the deployment is parked or continues.
  case detached = 22
  /// The command ended because its terminal was closed.
  case hungUp = 129
  case interrupted = 130
  case terminated = 143
}

extension Problem {
  /// Returns the problem for a person who uses shared code. The problem is reported at the line that uses the code, with a note about the
  /// line where it was found.
  /// - Parameter named: the line that uses the shared code, or nil if unknown.
  package func known(by named: SourcePlace?) -> Problem {
    guard let named, let place, place.isSharedSource, !named.isSharedSource else { return self }
    var known = self
    known.place = named
    known.message += " (at \(place))"
    return known
  }
}

extension SourcePlace {
  /// Whether the line is in code that comes with Lander or in a plugin.
  fileprivate var isSharedSource: Bool { file.hasPrefix("recipes/") || file.hasPrefix("plugins/") }
}
