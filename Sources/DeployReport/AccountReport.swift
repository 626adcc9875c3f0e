package import DeployModel

/// One deployment and its rollback, for people who look at it later: who, what, why, the messages, how it ended and what it left behind.
package struct AccountReport: Sendable {
  package let story: DeploymentStory
  package let rollback: DeploymentStory?
  package let account: Account
  /// How the deployment ended, in a word.
  package var state: String
  /// The exit code of the command that ran the deployment, or nil if it has not ended.
  private let exit: ExitCode?

  /// - Parameters:
  ///   - state: the state's name in `history`, such as `succeeded` or `running`.
  ///   - exit: the exit code, if it does not follow from the outcomes of the deployment and its rollback alone; otherwise nil.
  package init(_ story: DeploymentStory, rollback: DeploymentStory? = nil, state: String, exit: ExitCode? = nil) {
    self.story = story
    self.rollback = rollback
    self.state = state
    account = Account(story, rollback: rollback)
    self.exit = exit ?? account.exit
  }

  /// Returns the report's lines.
  package func lines(on surface: Surface) -> [String] {
    guard let plan = story.plan else { return ["Its journal has no beginning."] }
    let style: Surface.Style = story.isAsWished ? .good : .warn
    let head = surface.paint(plan.title.prefix(1).uppercased() + plan.title.dropFirst(), .strong) + ": " + surface.paint(state, style)
    var rows = [["By", SafeText.line(account.actor)]]
    if let began = story.began {
      let end = story.conclusion == nil ? "" : ", took \(story.duration)"
      rows.append(["Began", When(began, zone: surface.zone).full + end])
    }
    rows += account.provenance?.facts ?? []
    if let revision = plan.revision {
      rows.append(["Revision", revision.short + (plan.content.bundle.map { " (\(SafeText.line($0.source)))" } ?? "")])
    }
    if let rollback { rows.append(["Rollback", "\(rollback.id): \(rollback.conclusion?.status.rawValue ?? "has not ended")"]) }
    if !story.hosts.isEmpty { rows.append(["Hosts", HostCounts(of: story, after: rollback).text]) }
    var lines = [head] + Table([], rows: rows).lines(on: surface, indent: 2)
    let commits = account.provenance?.changes?.newest ?? []
    if !commits.isEmpty {
      lines += ["", "  What is new"]
      lines += commits.prefix(20).map { "    \($0.id.prefix(7))  \(SafeText.line($0.subject)) (\(SafeText.line($0.author)))" }
      if let total = account.provenance?.changes?.total, total > 20 { lines.append("    and \(total - 20) more") }
    }
    if !story.gates.isEmpty {
      lines += ["", "  Gates"] + story.gates.map { "    \($0.sentence): " + surface.paint($0.end, $0.style) }
    }
    let said = account.said(on: surface)
    if !said.isEmpty { lines += ["", "  Said to it"] + said.map { "    " + $0 } }
    if let error = story.first?.error ?? story.conclusion?.error { lines += ["", "  First failure", "    " + error.line] }
    if account.isWrong { lines += ["", "  Left, and needs attention"] + account.concerns(on: surface).map { "    " + $0 } }
    return surface.terminal ? lines.flatMap { $0.folded(to: surface.width) } : lines
  }

  /// The report as data for programs.
  package var value: Value {
    let gates = story.gates.map { gate in
      JSON.record([
        ("number", .int(gate.number)), ("kind", .text(gate.gate.kind.rawValue)), ("name", .text(gate.gate.name)),
        ("opened", .text(When.iso(gate.opened))), ("closed", gate.closed.map { .text(When.iso($0)) }),
        ("verdict", gate.answer.map { .text($0.verdict.rawValue) }), ("by", gate.answer?.by.map { .text($0) }),
        ("comment", gate.answer.flatMap { $0.comment.isEmpty ? nil : .text($0.comment) }),
      ])
    }
    let hosts = story.hosts.map { JSON.record([("name", .text($0.name)), ("status", .text($0.status.word))]) }
    return JSON.record(
      [
        ("deployment", .text(story.id.rawValue)), ("kind", story.plan.map { .text($0.kind.words.word) }),
        ("task", story.plan?.kind.words.task.map { .text($0) }), ("recipe", story.plan.map { .text($0.subject.recipe) }),
        ("application", story.plan.map { .text($0.subject.application) }), ("group", story.plan.map { .text($0.subject.group) }),
        ("state", .text(state)), ("exit", exit.map { .int(Int($0.rawValue)) }),
        ("cause", exit?.cause.map { .text($0) }), ("actor", .text(account.actor)),
        ("began", story.began.map { .text(When.iso($0)) }),
        ("duration_ms", story.conclusion == nil ? nil : .int(story.duration.milliseconds)),
        ("bundle", story.plan?.revision.map { .text($0.hex) }), ("rollback", rollback.map { .text($0.id.rawValue) }),
        ("hosts", .list(hosts)), ("gates", .list(gates)),
      ] + account.members)
  }
}
