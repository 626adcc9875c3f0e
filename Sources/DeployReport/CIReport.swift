package import DeployModel

/// Plain lines in sections of a CI system, with one section for each stage and each wave.
package struct CIReport: ProgressReport {
  private var plain: PlainReport
  private let dialect: CIDialect
  /// The name of the open section, or nil if none is open.
  private var section: String?
  private var number = 0
  private var last = Timestamp(milliseconds: 0)

  package init(on surface: Surface, echo: Bool = false, dialect: CIDialect) {
    plain = PlainReport(on: surface, echo: echo, heartbeat: .seconds(60))
    self.dialect = dialect
  }

  /// Remembers an entry that was written before this process began. Returns lines only if the entry opens a deployment.
  package mutating func recall(_ entry: Entry, of deployment: Deployment.ID) -> String {
    last = entry.at
    return plain.recall(entry, of: deployment)
  }

  /// Returns the lines for the entry, with the sections that it opens and closes.
  package mutating func take(_ entry: Entry, of deployment: Deployment.ID) -> String {
    last = entry.at
    let lines = plain.take(entry, of: deployment)
    switch entry.fact {
    // The sections of the waves show the hosts of the rollout.
    case .noted(.stageBegan(let name)): return close() + (name == "rollout" ? "" : open("Stage \(name)")) + lines
    case .noted(.waveBegan(let number, let hosts, _)): return close() + open("Wave \(number), \(hosts.count.of("host"))") + lines
    case .noted(.gateOpened(_, let gate)): return close() + open("Gate \(gate.name)") + lines
    case .noted(.restartBegan(let hosts)): return close() + open("Restart of \(hosts.count.of("host"))") + lines
    case .noted(.restartEnded), .noted(.stageEnded), .noted(.waveEnded), .noted(.gateClosed), .concluded: return lines + close()
    case .planned: return close() + lines
    default: return lines
    }
  }

  /// Returns the lines that the chunk completes, if output is shown.
  package mutating func take(_ chunk: OutputChunk) -> String { plain.take(chunk) }
  /// Returns a line with its time.
  package mutating func remark(_ text: String, at moment: Timestamp) -> String { plain.remark(text, at: moment) }
  /// Remembers the transfer for the next heartbeat.
  package mutating func take(_ transfer: Transfer, at moment: Timestamp) { plain.take(transfer, at: moment) }
  /// Returns a heartbeat if nothing was printed for a minute. Otherwise, returns an empty string.
  package mutating func tick(_ now: Timestamp) -> String { plain.tick(now) }
  /// Returns the end of the open section, or an empty string if none is open.
  package mutating func end() -> String { plain.end() + close() }

  private mutating func open(_ title: String) -> String {
    number += 1
    let name = "lander_\(number)"
    section = name
    return dialect.open(name, title, at: last)
  }

  private mutating func close() -> String {
    guard let name = section else { return "" }
    section = nil
    return dialect.close(name, at: last)
  }
}
