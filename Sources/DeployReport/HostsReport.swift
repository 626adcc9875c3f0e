import DeployCore
package import DeployModel

/// The report of `lander hosts`: what a probe found at each place of each host.
package struct HostsReport: Sendable {
  private let places: [FoundPlace]
  package init(_ places: [FoundPlace]) { self.places = places }

  /// Whether a host has several places, so that the report has to name them.
  private var hasSeveral: Bool { zip(places, places.dropFirst()).contains { $0.host.name.isExactly($1.host.name) } }

  /// Returns the report's lines: first what was found, and then what is wrong.
  package func lines(on surface: Surface) -> [String] {
    let rows = places.map { place -> [String] in
      let host = place.host
      let path = hasSeveral ? [SafeText.line(place.path)] : []
      guard case .reached(let state) = place.survey else {
        let empty = hasSeveral && !place.isAway ? Array(repeating: "", count: 6) + path : []
        return [host.name, host.door, surface.paint(place.isAway ? "not reached" : "not read", .bad)] + empty
      }
      let facts = state.facts
      return [
        host.name, host.door, facts.user, SafeText.line(facts.shell),
        SafeText.line("\(facts.kernel) \(facts.architecture)"),
        "\(facts.processors)", facts.freeBytes.inBytes, "\(facts.freeInodes.grouped)", facts.skew,
      ] + path + [
        state.current?.rawValue ?? state.strange.map { "not lander's: \(SafeText.line($0.words))" } ?? "-"
      ]
    }
    let heading =
      [
        "HOST", "BY", "USER", "SHELL", "SYSTEM", "CPUS", "FREE", "INODES", "CLOCK",
      ] + (hasSeveral ? ["PATH"] : []) + ["RELEASE"]
    var lines = Table(heading, rows: rows).lines(on: surface)
    var tools: [(text: String, hosts: [String])] = []
    for place in places {
      guard case .reached(let state) = place.survey else { continue }
      let (host, text) = (place.host, state.facts.tools.sorted().joined(separator: " "))
      if let index = tools.firstIndex(where: { $0.text == text }) {
        if tools[index].hosts.last?.isExactly(host.name) != true { tools[index].hosts.append(host.name) }
      } else {
        tools.append((text, [host.name]))
      }
    }
    for (text, names) in tools {
      let whom =
        tools.count == 1 ? "on every host reached" : "on " + names.prefix(6).joined(separator: " ")
      let line = "Tools \(whom): " + SafeText.line(text.isEmpty ? "none beyond what is required" : text)
      lines += surface.terminal ? line.folded(to: surface.width) : [line]
    }
    return lines + problems.flatMap { [""] + $0.lines(on: surface) }
  }

  /// What is wrong with the hosts. What is wrong in the same words at several places of a host comes once.
  private var problems: [Problem] {
    var found: [Problem] = []
    for place in places {
      let own: [Problem] =
        switch place.survey {
        case .unreachable(let failure): [failure.problem(of: place.host.name)]
        case .reached(let state): state.drift.map { Problem($0.message, subject: place.host.name, fix: $0.fix) }
        }
      for problem in own where !found.contains(problem) { found.append(problem) }
    }
    return found
  }

  /// The report as data for programs.
  package var value: Value {
    .list(
      places.map { place in
        let host = place.host
        switch place.survey {
        case .unreachable(let failure):
          return JSON.record([
            ("host", .text(host.name)), ("path", .text(place.path)), ("reached", false), ("kind", .text(failure.kind.rawValue)),
            ("message", .text(failure.message)),
            ("fix", failure.fix.map { .text($0) }),
          ])
        case .reached(let state):
          let facts = state.facts
          return JSON.record([
            ("host", .text(host.name)), ("path", .text(place.path)), ("reached", true), ("user", .text(facts.user)),
            ("shell", .text(facts.shell)),
            ("kernel", .text(facts.kernel)), ("architecture", .text(facts.architecture)),
            ("tools", .list(facts.tools.sorted().map { .text($0) })),
            ("processors", .int(facts.processors)), ("free_bytes", .int(facts.freeBytes)),
            ("free_inodes", .int(facts.freeInodes)),
            ("distribution", facts.machine?.distribution.map { .text($0) }),
            ("version", facts.machine?.version.map { .text($0) }),
            ("memory_bytes", facts.machine?.memory.map { .int($0) }),
            ("init", facts.machine?.initSystem.map { .text($0) }),
            ("addresses", facts.machine.map { .list($0.addresses.map { .text($0) }) }),
            ("clock_skew_ms", .int(facts.clockSkew.milliseconds)),
            ("release", state.current.map { .text($0.rawValue) }),
            ("drift", .list(state.drift.map { .text($0.message) })),
          ])
        }
      })
  }
}

extension Host {
  /// How Lander reaches the host, for people, such as `local` or `ssh deploy@10.0.3.25:2222`.
  package var door: String {
    guard transport == "ssh" else { return transport }
    return "ssh " + (user.map { $0 + "@" } ?? "") + (address ?? name)
      + (port.map { ":\($0)" } ?? "")
  }
}

extension HostFacts {
  /// The difference between the host's clock and this machine's clock, or `right` if it is less than 1.5 seconds.
  fileprivate var skew: String {
    let off = clockSkew.milliseconds
    return abs(off) < 1500
      ? "right" : Interval(milliseconds: abs(off)).description + (off > 0 ? " ahead" : " behind")
  }
}
