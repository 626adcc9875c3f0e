/// An entry of a deployment's `scripts.log`.
package enum ScriptsLogEntry: Sendable, Hashable {
  case event(String)
  case script(String)
  case output(HookOutput)

  /// The entry, without the time in front, and with the line ending that the script wrote.
  package var bytes: [UInt8] {
    switch self {
    case .event(let name): Array("LifecycleEvent - \(name)\n".utf8)
    case .script(let location): Array("Script - \(location)\n".utf8)
    case .output(let output): Array("[\(output.stream.rawValue)]".utf8) + output.line
    }
  }
}

/// The last entries of an event's log, for diagnostics.
package struct DiagnosticsTail: Sendable, Hashable {
  /// The largest number of characters in all entries together.
  package static let limit = 2048
  private var entries: [String] = []
  package init() {}

  /// Adds an entry. If the total reaches the limit, drops the oldest entries.
  package mutating func append(_ entry: ScriptsLogEntry) {
    entries.append(String(decoding: entry.bytes, as: UTF8.self))
    var total = 0
    let kept = entries.reversed().prefix { entry in
      total += entry.count
      return total < Self.limit
    }
    entries = kept.reversed()
  }

  package var text: String { entries.joined() }
}
