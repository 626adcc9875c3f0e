import DeployDesk
import DeployModel
import DeployReport

extension LineStanding {
  /// Returns lines that say which deployment this one is waiting for, since when, and until when.
  func lines(on surface: Surface) -> [String] {
    func since(_ time: Timestamp) -> String {
      "since \(When(time, zone: surface.zone).clock) (\(Interval(milliseconds: max(0, (now - time).milliseconds))))"
    }
    var lines: [String] = []
    if let holder {
      let doing = awaited.map { $0.gate > 0 || $0.pause != nil ? "; it \($0.clause)" : "" } ?? ""
      lines.append(
        "Waiting for deployment \(holder.deployment) of \(holder.owner), which has \(host) \(since(holder.since)): "
          + "\(holder.purpose)\(doing).")
    } else if ahead.isEmpty {
      lines.append("Waiting for \(host) to answer: it is not known which deployment has it.")
    }
    if let first = ahead.first {
      let others = ahead.count > 1 ? ", and \((ahead.count - 1).of("other"))" : ""
      lines.append("In line before this one: \(first.owner) \(since(first.since)): \(first.purpose)\(others).")
    }
    lines.append("  Stops waiting at \(When(until, zone: surface.zone).clock). Ctrl-C stops waiting now, and changes nothing on a host.")
    return lines.map(SafeText.line)
  }
}
