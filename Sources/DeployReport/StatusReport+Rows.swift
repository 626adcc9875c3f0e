import DeployCore
import DeployModel

extension StatusReport {
  /// Equal hosts share one row if the group has more than `mostRows` hosts and at least `mostAlike` hosts are equal.
  private static let (mostRows, mostAlike) = (40, 10)

  /// Returns the table. On a terminal, equal hosts of a large group share a row, so that a host that differs is easy to find.
  func table(on surface: Surface) -> [String] {
    let rows = hosts.map { host in [host.name] + (share(of: host.name).map { [$0] } ?? []) + row(host.survey, on: surface) }
    let heading = ["HOST"] + (traffic == nil ? [] : ["TRAFFIC"]) + ["RELEASE", "REVISION", "DEPLOYMENT", "WHEN", "BY"]
    guard surface.terminal, rows.count > Self.mostRows else { return Table(heading, rows: rows).lines(on: surface, indent: 2) }
    // The comparison ignores the time, because hosts can get the same deployment several minutes apart.
    let when = heading.count - 2
    let keys = rows.map { row -> ExactText in
      let telling = row.enumerated().dropFirst().filter { row.count < heading.count || $0.offset != when }
      return ExactText(telling.map(\.element).joined(separator: "\n"))
    }
    var counts: [ExactText: Int] = [:]
    for key in keys { counts[key, default: 0] += 1 }
    var shown: [ExactText: Int] = [:]
    var folded: [[String]] = []
    for (key, row) in zip(keys, rows) {
      let count = counts[key] ?? 1
      if count < Self.mostAlike { folded.append(row) } else if shown[key] == nil { folded.append([count.of("host")] + row.dropFirst()) }
      shown[key, default: 0] += 1
    }
    let isWhole = folded.count == rows.count
    return Table(heading, rows: folded).lines(on: surface, indent: 2) + (isWhole ? [] : ["  lander status | cat has a line for each host"])
  }
}
