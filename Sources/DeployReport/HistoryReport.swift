package import DeployModel

/// One deployment of the journal, as a list shows it.
package struct HistoryLine: Sendable {
  package var id: Deployment.ID
  package var began: Timestamp
  /// The title of the deployment, such as `web of shop` or `rollback of web`.
  package var what: String
  package var group: String
  package var revision: String
  /// The kind of the deployment, or nil if the journal cannot be read.
  package var kind: KindWords?
  package var hosts: Int
  package var actor: String
  /// The state of the deployment: `succeeded`, `failed`, `interrupted`, …
  package var state: String
  package var style: Surface.Style
  /// The command that somebody has to type now, or nil if there is none.
  package var next: String?
  /// The open gate, or nil if no gate is open.
  package var waits: GateStory?
  /// The pause, or nil if the deployment is not paused.
  package var pause: Pause?
  /// Who made the request and why, the messages, and what the deployment left, or nil if the deployment's journal cannot be read.
  package var account: Account?
  /// The exit code of the command that ran the deployment and its rollback. Nil if that command has not ended, or if the code is unknown.
  package var exit: ExitCode?
  package init(
    id: Deployment.ID, began: Timestamp, what: String, group: String, revision: String, hosts: Int,
    actor: String, state: String,
    style: Surface.Style, next: String? = nil, pause: Pause? = nil
  ) {
    self.id = id
    self.began = began
    self.what = what
    self.group = group
    self.revision = revision
    self.hosts = hosts
    self.actor = actor
    self.state = state
    self.style = style
    self.next = next
    self.pause = pause
  }
}

/// A list of deployments, the newest first.
package struct HistoryReport: Sendable {
  package var entries: [HistoryLine]
  package init(_ entries: [HistoryLine]) { self.entries = entries }

  /// Returns the table and, below it, the commands that somebody has to type now.
  package func lines(on surface: Surface) -> [String] {
    guard !entries.isEmpty else {
      return ["No deployments yet. lander deploy makes the first one."]
    }
    let hasReasons = entries.contains { $0.account?.provenance?.reason != nil }
    let rows = entries.map { entry in
      [
        entry.id.rawValue, When(entry.began, zone: surface.zone).full, SafeText.line(entry.what),
        SafeText.line(GroupName(entry.group).words), entry.revision,
        entry.hosts.of("host"), SafeText.line(entry.actor),
        surface.paint(entry.state + (entry.waits.map { ", waits: \(SafeText.line($0.gate.name))" } ?? ""), entry.style)
          + (entry.account?.clause.map { surface.paint(", " + $0, .bad) } ?? ""),
      ] + (hasReasons ? [entry.account?.provenance?.reason.map { SafeText.line($0).clipped(to: 50) } ?? ""] : [])
    }
    let heading = ["DEPLOYMENT", "BEGAN", "WHAT", "GROUP", "REVISION", "HOSTS", "BY", "ENDED"] + (hasReasons ? ["WHY"] : [])
    let due =
      entries.flatMap { entry in entry.waits?.commands(for: entry.id).map { "  \($0[0])  \($0[1])" } ?? [] }
      + entries.compactMap { entry in entry.next.map { "  \($0)" } }
    return Table(heading, rows: rows).lines(on: surface) + spoken(on: surface) + (due.isEmpty ? [] : ["", "Next"] + due)
  }

  /// Returns the last messages to the deployments, the newest first.
  private func spoken(on surface: Surface) -> [String] {
    let said = entries.flatMap { entry in (entry.account?.said(on: surface) ?? []).reversed().map { "  \(entry.id)  \($0)" } }
    let more = said.count > 10 ? ["  … lander show DEPLOYMENT has all of them"] : []
    return said.isEmpty ? [] : ["", "Said to them"] + said.prefix(10) + more
  }

  /// The list as data for programs.
  package var value: Value {
    .list(
      entries.map { entry in
        JSON.record(
          [
            ("deployment", .text(entry.id.rawValue)), ("began", .text(When.iso(entry.began))),
            ("what", .text(entry.what)), ("kind", entry.kind.map { .text($0.word) }), ("task", entry.kind?.task.map { .text($0) }),
            ("group", .text(entry.group)),
            ("revision", .text(entry.revision)), ("hosts", .int(entry.hosts)),
            ("actor", .text(entry.actor)), ("state", .text(entry.state)),
            ("exit", entry.exit.map { .int(Int($0.rawValue)) }), ("cause", entry.exit?.cause.map { .text($0) }),
            ("train", entry.account?.provenance?.labels.first { $0.name == Train.label }.map { .text($0.value) }),
            ("gate", entry.waits.map { .text($0.gate.name) }), ("pause", entry.pause?.value),
          ] + (entry.account?.members ?? []))
      })
  }
}
