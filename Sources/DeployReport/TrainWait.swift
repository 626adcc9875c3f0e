package import DeployModel

/// The lines for a person who waits for a train between its deployments. They say what the train is waiting for, and are repeated at least
/// once a minute.
package struct TrainWait: Sendable {
  private let surface: Surface
  /// The lines that were printed last.
  private var told: [String] = []
  private var spoke: Timestamp?
  private static let heartbeat = Interval.seconds(55)

  package init(on surface: Surface) { self.surface = surface }

  /// Returns the lines to print now. There are none if nothing has changed and a line was printed less than a minute ago.
  package mutating func lines(_ train: Train, at now: Timestamp) -> [String] {
    let report = TrainReport(train)
    let lines = ["Waiting for train \(train.id) \(report.what): \(report.underWay)"] + report.questions
    let isNew = lines != told
    guard isNew || spoke.map({ now - $0 >= Self.heartbeat }) ?? true else { return [] }
    (told, spoke) = (lines, now)
    let time = surface.paint(When(now, zone: surface.zone).clock, .dim) + "  "
    return isNew ? [time + lines[0]] + lines.dropFirst().map { "          " + $0 } : [time + "still waiting: \(report.underWay)"]
  }
}
