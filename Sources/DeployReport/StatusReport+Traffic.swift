package import DeployModel

/// The traffic, and the deployments that wait for hosts' locks.
extension StatusReport {
  /// Returns a slot's share of the traffic, or `?` if it is unknown. Returns nil if the group has no slots or moves no traffic.
  func share(of host: String) -> String? {
    guard let traffic else { return nil }
    return percent(of: host, traffic).map { "\($0) %" } ?? "?"
  }

  private func percent(of host: String, _ traffic: KnownTraffic) -> Int? {
    guard let slash = host.lastIndex(of: "/") else { return nil }
    return traffic.weights?.percent(of: String(host[host.index(after: slash)...]))
  }

  /// Returns lines that say what is known about the traffic, and since when. The result is empty if the group has no slots or moves no
  /// traffic.
  func trafficLines() -> [String] {
    guard let traffic else { return [] }
    guard let weights = traffic.weights, let since = traffic.since else {
      return ["", "Traffic: not known, because \(SafeText.line(traffic.why ?? "nothing tells"))"]
    }
    let by = traffic.deployment.map { ", set by deployment \($0)" } ?? ""
    return ["", "Traffic: \(SafeText.line(weights.sentence)), since \(When.ago(since, now: now))\(by); the balancer was not asked"]
  }

  /// The traffic for programs, or nil if the group has no slots or moves no traffic.
  package var trafficValue: Value? {
    traffic.map { traffic in
      JSON.record([
        ("known", .bool(traffic.weights != nil)), ("weights", traffic.weights?.value),
        ("since", traffic.since.map { .text(When.iso($0)) }), ("deployment", traffic.deployment.map { .text($0.rawValue) }),
        ("reason", traffic.why.map { .text($0) }),
      ])
    }
  }

  func trafficValue(of host: String) -> Value? { traffic.flatMap { percent(of: host, $0) }.map { .int($0) } }

  /// The hosts for whose locks deployments are waiting, each with these deployments in the order of the queue.
  private var waiting: [(host: String, line: [LinePlace.Other])] {
    hosts.compactMap { host in
      guard case .reached(let state) = host.survey, let line = state.line, !line.isEmpty else { return nil }
      return (host.name, line)
    }
  }
  private static let shown = 10
  private static let given = 50

  /// Returns lines about the deployments that wait for locks, in the order of the queue.
  func waits() -> [String] {
    waiting.flatMap { host, line -> [String] in
      let rows = line.prefix(Self.shown).enumerated().map { index, one in
        let revision = one.revision.map { ", revision \($0.short)" } ?? ""
        let urgent = one.isUrgent ? ", urgent" : ""
        return "  \(index + 1). \(SafeText.line(one.purpose))\(revision), by \(SafeText.line(one.owner)), "
          + "since \(When.ago(one.since, now: now))\(urgent)"
      }
      let more = line.count > Self.shown ? ["  … and \((line.count - Self.shown).grouped) more"] : []
      return ["", "In line for the lock on \(host): \(line.count.of("deployment"))"] + rows + more
    }
  }

  /// The waiting deployments, for programs. For each host, these are at most fifty deployments, and the total number.
  package var waitingValue: Value {
    .list(
      waiting.map { host, line in
        JSON.record([
          ("host", .text(host)), ("count", .int(line.count)),
          (
            "first",
            .list(
              line.prefix(Self.given).map { one in
                JSON.record([
                  ("purpose", .text(one.purpose)), ("actor", .text(one.owner)), ("revision", one.revision.map { .text($0.hex) }),
                  ("since", .text(When.iso(one.since))), ("urgent", .bool(one.isUrgent)),
                ])
              })
          ),
        ])
      })
  }
}
