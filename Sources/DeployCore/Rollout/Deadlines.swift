package import DeployModel

/// The standard time limits of operations (P6 in docs/promises.md).
package enum Deadlines {
  package static func standard(for operation: DeployModel.Operation) -> Interval {
    switch operation {
    case .run: .minutes(10)
    case .stage, .upload, .download, .remove: .minutes(30)
    case .http: .seconds(30)
    case .lock: .minutes(15)  // a lock may wait for jobs of an older deployment
    case .prune, .discard: .minutes(5)
    case .appspec(let step): step.limit
    default: .minutes(1)
    }
  }

  /// The largest length of a pause. A deployment that nobody resumes within this time is cancelled.
  package static let pause = Interval.minutes(24 * 60)
  /// How long an approval gate waits for a person, unless the recipe says otherwise.
  package static let approval = Interval.minutes(24 * 60)

  /// The time limit of a function that undoes a stage.
  package static let undo = Interval.minutes(120)

  /// The time limit of all on_success functions together, and of all on_failure functions together. It is longer than the limit of one
  /// command.
  package static let notices = Interval.minutes(15)

  /// The time limit for the clean-up of a cancelled script.
  package static let grace = Interval.seconds(30)
}

extension Pause {
  /// When the pause ends by itself, if nobody resumes the deployment.
  package var until: Timestamp { since + Deadlines.pause }
}
