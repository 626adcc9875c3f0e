/// Something wrong with what was written, asked for or found, before anything starts: where, what, and what to do.
package struct Problem: Error, Sendable, Hashable, Codable {
  /// One sentence: what was found, and what was expected.
  package var message: String
  package var place: SourcePlace?
  /// The host, file or option it concerns, if that is not a line of a recipe.
  package var subject: String?
  /// What to do next: `did you mean "production"?`, a command to type.
  package var fix: String?
  package init(_ message: String, place: SourcePlace? = nil, subject: String? = nil, fix: String? = nil) {
    self.message = message
    self.place = place
    self.subject = subject
    self.fix = fix
  }
}

/// All problems of one request, and the exit code of the command.
package struct Problems: Error, Sendable, Hashable {
  package var list: [Problem]
  package var exit: ExitCode
  /// What was done before the problems were found; nil: nothing.
  package var done: String?
  package init(_ list: [Problem], exit: ExitCode = .usage) {
    self.list = list
    self.exit = exit
  }
  package init(_ problem: Problem, exit: ExitCode = .usage) { self.init([problem], exit: exit) }
}

extension Failure {
  /// The failure as a problem of a host or file; nil: of nothing with a name.
  package func problem(of subject: String? = nil) -> Problem {
    Problem(message, subject: subject, fix: fix)
  }
}

/// The exit codes of `lander`. They are stable, because CI jobs branch on them.
package enum ExitCode: Int32, Sendable, Hashable, CaseIterable {
  case done = 0
  /// A defect of lander itself.
  case `internal` = 1
  /// What the user wrote is wrong; nothing was started.
  case usage = 2
  case refused = 3
  /// Another deployment has the hosts, or is newer.
  case locked = 4
  /// Failed, and every touched host is back on its previous release.
  case rolledBack = 10
  /// Failed, and going back failed too: a person is needed.
  case rollbackFailed = 11
  /// Failed, and left as it is because the recipe or the command says so.
  case held = 12
  case paused = 13
  /// Ended on purpose with hosts on the old revision. Of `plan`: the rehearsal did not see the end.
  case partial = 14
  /// Cancelled, hosts restored.
  case cancelled = 15
  /// Rejected by a person, or not answered in time; hosts are as before.
  case rejected = 16
  /// A gate that looked at hosts found the release bad; every touched host is back on its previous release.
  case unfit = 17
  /// Hosts out of reach before the start; nothing was changed, safe to try again.
  case unreachable = 20
  /// A problem with transport, disk space or the store, and every touched host is as it was; safe to try again.
  case infrastructure = 21
  /// Stopped waiting: the deployment is parked, or continues.
  case detached = 22
  /// Ended because its terminal was closed.
  case hungUp = 129
  case interrupted = 130
  case terminated = 143
}

extension Problem {
  /// The problem for a person who uses somebody else's code: at the line that uses the code, with the line where the problem was found.
  /// - Parameter named: the line that uses the code; nil: unknown.
  package func known(by named: SourcePlace?) -> Problem {
    guard let named, let place, place.isSharedSource, !named.isSharedSource else { return self }
    var known = self
    known.place = named
    known.message += " (at \(place))"
    return known
  }
}

extension SourcePlace {
  /// Whether it is in code that comes with Lander or with a plugin.
  fileprivate var isSharedSource: Bool { file.hasPrefix("recipes/") || file.hasPrefix("plugins/") }
}
