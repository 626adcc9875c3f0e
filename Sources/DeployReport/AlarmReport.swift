package import DeployModel

/// The alarm of a deployment, for people and programs: what it checks, its state and its outcome.
package struct AlarmReport: Sendable {
  private let alarm: Alarm
  private let record: AlarmRecord
  /// The state of the rollback that the alarm began. Nil if the alarm began none, or if the rollback's state is unknown.
  private let standing: AlarmRollback?
  /// The command with which a person rolls the hosts back.
  private let command: String

  /// - Parameters:
  ///   - subject: the deployment's recipe and group, or nil if only the deployment's id is known.
  ///   - standing: the state of the rollback that the alarm began. Nil if the alarm began none, or if the rollback's state is unknown.
  package init(_ alarm: Alarm, _ record: AlarmRecord, of subject: Plan.Subject? = nil, standing: AlarmRollback? = nil) {
    self.alarm = alarm
    self.record = record
    self.standing = standing
    command = "lander rollback" + (subject.map { " \($0.recipe)\($0.groupName.option)" } ?? "")
  }

  /// Whether the alarm has fired: it ended by firing, or more checks failed than it allows.
  package var hasFired: Bool { record.end == .fired || record.end == nil && record.tally.bad > alarm.allow }

  private var title: String {
    let name = alarm.name == "alarm" ? "The alarm" : "The alarm \"\(SafeText.line(alarm.name))\""
    return "\(name) of deployment \(record.deployment)"
  }

  /// Returns the line for the start. It says what the alarm checks, how often, and until when.
  /// - Parameter hosts: the number of hosts that the alarm checks now.
  package func began(at hosts: Int, on surface: Surface) -> [String] {
    let from = alarm.isFromEngine ? "from this machine" : "on \(hosts.of("host"))"
    let past = record.tally.looks == 0 ? "" : "; \(record.tally.looks.of("check")) so far, \(record.tally.bad) failed"
    return [
      "\(title) is watched until \(until(surface)): \(alarm.question) \(from), every \(alarm.every)\(past). Ctrl-C stops watching only."
    ]
  }

  /// Returns the line for an alarm that waits because another deployment is working on its hosts.
  package func waits(_ why: String, on surface: Surface) -> String {
    "\(title) waits: \(SafeText.line(why)). " + (hasFired ? "It fired already." : "It checks nothing until that has ended.")
  }

  /// Returns the line for a check that failed.
  package func bad(_ words: String, on surface: Surface) -> String {
    let allowed = alarm.allow == 0 ? "; none is allowed" : " of at most \(alarm.allow)"
    return "  " + surface.paint("bad", .bad) + "  \(SafeText.line(words)) (failed check \(record.tally.bad)\(allowed))"
  }

  /// Returns the line for a check that got no answer.
  package func silent(_ words: String, on surface: Surface) -> String {
    "  " + surface.paint("no answer", .warn) + "  \(SafeText.line(words)); that takes nothing back"
  }

  /// Returns the line about hosts that the alarm no longer watches, because they no longer run anything of the deployment.
  /// - Parameter rest: the number of hosts that the alarm still checks.
  package func leavesOut(_ hosts: [String], rest: Int) -> String {
    let names = hosts.map(SafeText.line).joined(separator: " ")
    return "\(title) does not check \(names): nothing of the deployment is there any more. It still checks \(rest.of("host"))."
  }

  /// Returns the line for an alarm that fires.
  package func fires(on surface: Surface) -> String {
    surface.paint("\(title) fires", .bad) + (record.reason.map { ": \(SafeText.line($0))" } ?? "") + ". Its hosts go back."
  }

  /// Returns the line for an alarm that nobody watches. It contains the command that watches the alarm.
  package func unwatched(on surface: Surface) -> String {
    "Nobody watches \(title.lowercasedFirst) until \(until(surface)): lander follow \(record.deployment) --alarm"
  }

  /// Returns the state or the outcome of the alarm, in one line.
  /// - Parameters:
  ///   - isWatched: whether a process watches the alarm.
  ///   - now: the current time, or nil if the line should not say whether the alarm's time has ended.
  package func line(on surface: Surface, isWatched: Bool = false, now: Timestamp? = nil) -> String {
    let reason = record.reason.map { ": \(SafeText.line($0))" } ?? ""
    let counted = "\(record.tally.looks.of("check")), \(record.tally.bad) failed"
    switch record.end {
    case nil where isWatched && !hasFired: return "\(title) is watched until \(until(surface)); \(counted)."
    case nil where hasFired: return "\(title) fired\(reason).\(wayBack)"
    case nil where now.map { $0 >= record.until } == true:
      return "\(title) was not watched to its end, \(until(surface)): lander follow \(record.deployment) --alarm says what that means."
    case nil: return unwatched(on: surface)
    case .passed: return "\(title) is over, and nothing fired: \(counted)\(record.reason.map { "; \(SafeText.line($0))" } ?? "")."
    case .fired: return "\(title) fired\(reason).\(wayBack)"
    case .inconclusive where record.tally.answered == 0:
      return "\(title) is over, and nobody can tell: no check got an answer\(reason)."
    case .inconclusive: return "\(title) is over, and nobody can tell of every host\(reason); \(counted)."
    case .superseded: return "\(title) has ended without effect\(reason)."
    }
  }

  /// What happened to the hosts after the alarm fired, as a sentence that begins with a space.
  private var wayBack: String {
    let again = "lander follow \(record.deployment) --alarm"
    let rollback = record.rollback.map { "Rollback \($0)" } ?? "Its rollback"
    switch standing {
    case .back?: return " \(rollback) took its hosts back."
    case .failed?: return " \(rollback) did not bring all of its hosts back: lander status shows them, \(command) tries again."
    case .held?: return " \(rollback) failed and left its hosts as they are: lander status shows them, \(command) tries again."
    case .running?: return " \(rollback) is under way\(record.rollback.map { ": lander follow \($0)" } ?? "")."
    case .interrupted?: return " \(rollback) was interrupted\(record.rollback.map { ": lander resume \($0)" } ?? "")."
    case .idle? where record.end == nil: return " The rollback changed nothing: \(again) tries again."
    case .idle?: return " \(rollback) changed nothing, and neither did those before: \(command)."
    case nil where record.end == nil: return " Its hosts are not back: \(again) tries again."
    case nil: return " Nothing is known of its rollback: lander status shows its hosts."
    }
  }

  /// The exit code of a command that has watched the alarm until it ended.
  package var exit: ExitCode {
    guard hasFired else { return record.end == .inconclusive ? .partial : .done }
    switch standing {
    case .back?: return .unfit
    case .failed?: return .rollbackFailed
    case .idle(.unreachable)?: return .unreachable
    case .held?, .running?, .interrupted?, .idle?, nil: return .held
    }
  }

  /// The outcome of the alarm as a problem, for a command that did not succeed.
  package var problem: Problem { Problem(line(on: Surface()), fix: step) }

  /// The next command to type.
  private var step: String {
    if standing == .back || !hasFired { return "lander explain \(record.deployment)" }
    return switch (standing, record.rollback) {
    case (.interrupted?, let id?): "lander resume \(id)"
    case (.running?, let id?): "lander follow \(id)"
    case (.idle?, _) where record.end == nil, (nil, _) where record.end == nil: "lander follow \(record.deployment) --alarm"
    default: command
    }
  }

  /// Returns the alarm as data for programs.
  /// - Parameter isWatched: whether a process watches the alarm.
  package func value(isWatched: Bool) -> Value {
    JSON.record([
      ("deployment", .text(record.deployment.rawValue)), ("name", .text(alarm.name)), ("question", .text(alarm.question)),
      ("opened", .text(When.iso(record.opened))), ("until", .text(When.iso(record.until))), ("looks", .int(record.tally.looks)),
      ("bad", .int(record.tally.bad)), ("allowed", .int(alarm.allow)), ("unanswered", .int(record.tally.unanswered)),
      ("watched", .bool(isWatched)), ("end", record.end.map { .text($0.rawValue) }), ("reason", record.reason.map { .text($0) }),
      ("rollback", record.rollback.map { .text($0.rawValue) }),
    ])
  }

  private func until(_ surface: Surface) -> String { When(record.until, zone: surface.zone).full }
}

extension Alarm {
  /// What each check asks, in words.
  package var question: String {
    switch check {
    case .http(let url, _): "GET \(SafeText.line(url))"
    case .port(let port): "port \(port)"
    case .command(let line): "`\(SafeText.line(line))`"
    }
  }

  /// The alarm in a sentence, for people who read a plan.
  var sentence: String {
    let from = isFromEngine ? "from this machine" : "on each host"
    let allowed = allow == 0 ? "the first failed check takes hosts back" : "more than \(allow.of("failed check")) take hosts back"
    return "for \(during) after it has succeeded: \(question) \(from), every \(every); \(allowed). lander deploy watches at a terminal "
      + "and with --wait; otherwise nobody does until somebody types lander follow ID --alarm"
  }

  /// The alarm of a plan, as data for programs.
  var value: Value {
    JSON.record([
      ("name", .text(name)), ("during_ms", .int(during.milliseconds)), ("question", .text(question)),
      ("from", isFromEngine ? "engine" : "host"), ("every_ms", .int(every.milliseconds)), ("timeout_ms", .int(limit.milliseconds)),
      ("allow", .int(allow)),
    ])
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
