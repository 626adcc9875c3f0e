import DeployCore
package import DeployModel

/// The report of the releases that the hosts of a group keep.
package struct ReleasesReport: Sendable {
  private let title: String
  private let hosts: [(host: Host, survey: Survey)]
  private let now: Timestamp
  private let kept: [KeptReleases.Kept]

  package init(_ title: String, hosts: [(host: Host, survey: Survey)], now: Timestamp) {
    self.title = title
    self.hosts = hosts
    self.now = now
    kept = KeptReleases(hosts).list
  }

  /// Returns the report's lines.
  package func lines(on surface: Surface) -> [String] {
    let reached = hosts.count { if case .reached = $0.survey { true } else { false } }
    var lines = [surface.paint(title, .strong) + ", \(reached) of \(hosts.count.of("host")) reached"]
    let rows = kept.map { one -> [String] in
      let receipt = one.receipt
      return [
        one.release.rawValue, receipt?.inputs.bundle.short ?? "-", receipt?.deployment.rawValue ?? "-",
        receipt.map { When.ago($0.at, now: now) } ?? "-", receipt.map { SafeText.line($0.actor) } ?? "-",
        surface.paint(one.verdict.rawValue, one.verdict.style),
        one.running.isEmpty ? "" : "runs on " + names(one.running, of: reached),
        "on " + names(one.hosts, of: reached) + (one.damaged.isEmpty ? "" : ", damaged on " + names(one.damaged, of: reached)),
      ]
    }
    lines += Table(["RELEASE", "REVISION", "DEPLOYMENT", "WHEN", "BY", "STATE", "RUNS", "KEPT"], rows: rows).lines(on: surface, indent: 2)
    if rows.isEmpty, reached > 0 { lines.append("  nothing was deployed there so far") }
    for host in hosts {
      guard case .unreachable(let failure) = host.survey else { continue }
      lines += failure.problem(of: host.host.name).lines().map { "  " + $0 }
    }
    if kept.contains(where: { $0.verdict == .good && $0.running.isEmpty }) {
      lines.append("  → lander rollback --to RELEASE goes to a good one")
    }
    return lines
  }

  private func names(_ names: [String], of reached: Int) -> String {
    if names.count == reached { return reached == 1 ? names[0] : "all" }
    return names.count > 4 ? names.prefix(3).joined(separator: " ") + " … (\(names.count.of("host")))" : names.joined(separator: " ")
  }

  /// The report as data for programs.
  package var value: Value {
    .list(
      kept.map { one in
        JSON.record([
          ("release", .text(one.release.rawValue)), ("state", .text(one.verdict.rawValue)),
          ("bundle", one.receipt.map { .text($0.inputs.bundle.hex) }),
          ("deployment", one.receipt.map { .text($0.deployment.rawValue) }), ("recipe", one.receipt.map { .text($0.recipe) }),
          ("at", one.receipt.map { .text(When.iso($0.at)) }),
          ("actor", one.receipt.map { .text($0.actor) }), ("hosts", .list(one.hosts.map { .text($0) })),
          ("running", .list(one.running.map { .text($0) })), ("damaged", .list(one.damaged.map { .text($0) })),
        ])
      })
  }
}

extension KeptReleases.Verdict {
  fileprivate var style: Surface.Style {
    switch self {
    case .good: .good
    case .bad: .bad
    case .trial, .unknown: .warn
    }
  }
}
