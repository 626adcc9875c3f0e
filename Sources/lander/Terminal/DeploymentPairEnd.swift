import DeployDesk
import DeployModel
import DeployReport

extension PastDeployments {
  /// Returns the result of a pair, in words and as an exit code.
  func summary(of pair: DeploymentPair) async throws -> Summary {
    let story = DeploymentStory(try await entries(of: pair.first.id))
    guard let back = pair.back else { return Summary(story) }
    return Summary(story, rollback: DeploymentStory(try await entries(of: back.id)))
  }

  /// Shows the result of a pair that another process ran.
  /// - Parameter told: if a program reads lines, whether the lines for the entries have already been written.
  /// - Returns: the exit code of the pair.
  func show(_ pair: DeploymentPair, told: Bool = false, on terminal: Terminal) async throws -> ExitCode {
    let summary = try await summary(of: pair)
    Ending.note(pair.members.map(\.id), summary.problems)
    let state = (summary.exit ?? .internal).word
    terminal.give(AccountReport(summary.story, rollback: summary.rollback, state: state).value)
    if Ending.isLines {
      for member in pair.members where !told {
        var lines = EntryLines()
        for entry in try await entries(of: member.id) { terminal.say(lines.line(entry, of: member.id)) }
      }
      terminal.tell(summary.lines(on: terminal.err))
    } else {
      terminal.say(summary.lines(on: terminal.out))
    }
    return summary.exit ?? .internal
  }

  /// Says that a pair has already ended.
  /// - Returns: the exit code of the pair.
  func tellEnd(of pair: DeploymentPair, _ terminal: Terminal) async throws -> ExitCode {
    let code = try await summary(of: pair).exit ?? .internal
    let ends = pair.members.map { $0.end ?? "not known" }
    let rollback = pair.back.map { ", and its rollback \($0.id) \(ends.last == "succeeded" ? "succeeded" : "did not succeed")" } ?? ""
    var lines = ["Deployment \(pair.first.id) has ended already: \(ends[0])\(rollback). Nothing was done."]
    if code != .done {
      let status = "lander status\(GroupName(pair.first.group).option)"
      lines.append("  → lander logs \(pair.first.id) shows what happened, \(status) what each host runs now")
    }
    let unlock = "lander unlock\(GroupName(pair.first.group).argument(of: pair.first.recipe))"
    lines.append("  → the next deploy or rollback takes over a lock that it left on a host; \(unlock) removes the lock")
    let problem = Problem(lines[0], fix: code == .done ? nil : "lander status\(GroupName(pair.first.group).option)")
    Ending.note(pair.members.map(\.id), [problem])
    if Ending.isLines { terminal.tell(lines) } else { terminal.say(lines) }
    return code
  }
}
