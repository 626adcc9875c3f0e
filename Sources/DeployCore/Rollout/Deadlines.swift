package import DeployModel

/// The standard limit of each kind of operation (promise P6).
package enum Deadlines {
  package static func standard(for operation: DeployModel.Operation) -> Interval {
    switch operation {
    case .run: .minutes(10)
    case .stage, .upload, .download, .remove: .minutes(30)
    case .http: .seconds(30)
    case .lock: .minutes(15)  // it may wait for jobs of an older deployment
    case .prune, .discard: .minutes(5)
    case .appspec(let step): step.limit
    default: .minutes(1)
    }
  }

  /// The longest pause of a deployment; after that it is cancelled.
  package static let pause = Interval.minutes(24 * 60)
  /// How long an approval gate waits for a person by default.
  package static let approval = Interval.minutes(24 * 60)

  /// The limit of a function that undoes a stage.
  package static let undo = Interval.minutes(120)

  /// The limit of all on_success functions together, or of all on_failure functions: one command's standard limit and some more.
  package static let notices = Interval.minutes(15)

  /// The limit of a cancelled script's clean-up.
  package static let grace = Interval.seconds(30)
}

extension Pause {
  /// When the pause ends by itself.
  package var until: Timestamp { since + Deadlines.pause }
}
