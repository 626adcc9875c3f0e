package import DeployModel

/// The result of `lander verify`: the current release of each host of a group, compared with its manifest.
package struct VerifyReport: Sendable {
  /// The largest number of entries that are listed for one host. The JSON has all of them.
  private static let most = 20
  /// If more than this many hosts have exactly what was delivered, they share one line on a terminal.
  private static let mostGood = 40

  package var recipe: String
  package var group: String
  package var hosts: [(name: String, verdict: HostVerdict)]
  package init(recipe: String, group: String, hosts: [(name: String, verdict: HostVerdict)]) {
    self.recipe = recipe
    self.group = group
    self.hosts = hosts
  }

  /// Returns the report's lines.
  package func lines(on surface: Surface) -> [String] {
    let others = hosts.filter { !$0.verdict.isAsDelivered }
    let good = hosts.count - others.count
    let isFolded = surface.terminal && good > Self.mostGood
    let first = isFolded ? ["  \(good.of("host")): the release \(surface.paint("is as it was delivered", .good))"] : []
    return [surface.paint("\(recipe) on \(GroupName(group).words)", .strong)] + first
      + (isFolded ? others : hosts).flatMap { host -> [String] in
        switch host.verdict {
        case .empty: return ["  \(host.name): nothing is deployed here"]
        case .failed(let problem):
          return Problem(problem.message, subject: host.name, fix: problem.fix).lines(on: surface).map { "  " + $0 }
        case .compared(let found): return lines(of: host.name, found, on: surface)
        }
      }
  }

  private func lines(of host: String, _ found: Verification, on surface: Surface) -> [String] {
    let differing = found.differing
    let extra = found.deviations.filter { $0.kind == .extra }
    var lines: [String] = []
    if differing.isEmpty {
      let good = surface.paint("is as it was delivered", .good)
      lines = ["  \(host): release \(found.release) \(good), \(Self.entries(found.entries)) compared"]
    } else {
      let count = "\(differing.count.grouped) of \(Self.entries(found.entries))"
      lines = ["  \(host): release \(found.release) \(surface.paint("differs", .bad)) from its manifest in \(count):"]
      lines += Table([], rows: differing.prefix(Self.most).map { [SafeText.line($0.path), $0.words] }).lines(on: surface, indent: 4)
      if differing.count > Self.most { lines.append("    … and \((differing.count - Self.most).grouped) more; --json names them all") }
      lines.append("    → lander deploy \(recipe)\(GroupName(group).option) --only \(host) --force sends them again, and runs the hooks")
    }
    if !extra.isEmpty {
      let names = extra.prefix(5).map { SafeText.line($0.path) }.joined(separator: ", ") + (extra.count > 5 ? ", …" : "")
      lines.append("    \(extra.count.grouped) more \(extra.count == 1 ? "entry was" : "entries were") not delivered: \(names)")
    }
    return lines
  }

  private static func entries(_ count: Int) -> String { count == 1 ? "1 entry" : "\(count.grouped) entries" }

  /// The report as data for programs.
  package var value: Value {
    JSON.record([
      ("recipe", .text(recipe)), ("group", .text(group)),
      (
        "hosts",
        .list(
          hosts.map { host in
            switch host.verdict {
            case .empty: return JSON.record([("host", .text(host.name)), ("whole", true), ("entries", .int(0))])
            case .failed(let problem):
              return JSON.record([("host", .text(host.name)), ("whole", false), ("error", .text(problem.message))])
            case .compared(let found):
              let list = found.deviations.map { JSON.record([("path", .text($0.path)), ("what", .text($0.words))]) }
              return JSON.record([
                ("host", .text(host.name)), ("whole", .bool(found.differing.isEmpty)), ("release", .text(found.release.rawValue)),
                ("bundle", .text(found.bundle.hex)), ("entries", .int(found.entries)), ("deviations", .list(list)),
              ])
            }
          })
      ),
    ])
  }
}

extension HostVerdict {
  /// Whether the host's release has exactly what was delivered.
  fileprivate var isAsDelivered: Bool { if case .compared(let found) = self { found.deviations.isEmpty } else { false } }
}
