package import DeployModel

/// Only the lines that a person has to see during a deployment: an open gate and its outcome, a cancellation, and hosts that nobody should
/// touch.
package struct QuietReport: ProgressReport {
  private var plain: PlainReport

  package init(on surface: Surface) { plain = PlainReport(on: surface) }

  /// Remembers the entry and returns an empty string, because an opening only repeats what the person has just typed.
  package mutating func recall(_ entry: Entry, of deployment: Deployment.ID) -> String {
    _ = plain.recall(entry, of: deployment)
    return ""
  }

  /// Returns the lines of an entry that a person has to see. For other entries, the result is empty.
  package mutating func take(_ entry: Entry, of deployment: Deployment.ID) -> String {
    let text = plain.take(entry, of: deployment)
    return entry.fact.isForPeople ? text : ""
  }

  /// Returns an empty string, because the summary has the last lines of output from whatever failed.
  package mutating func take(_ chunk: OutputChunk) -> String { "" }

  /// Returns a line with its time.
  package mutating func remark(_ text: String, at moment: Timestamp) -> String { plain.remark(text, at: moment) }

  /// Returns an empty string, because there is no heartbeat.
  package mutating func tick(_ now: Timestamp) -> String { "" }

  package mutating func end() -> String { "" }
}

extension Entry.Fact {
  /// Whether a person has to see the entry, because it asks for something, answers something, or ends something early.
  fileprivate var isForPeople: Bool {
    switch self {
    case .noted(.gateOpened), .noted(.gateClosed), .noted(.answered), .noted(.stopped): true
    case .happened(.cancelled), .happened(.overtaken): true
    default: false
    }
  }
}
