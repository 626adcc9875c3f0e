package import DeployModel

/// How long each kind of operation may take when nobody says otherwise (promise P6).
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

  /// How long a deployment may be paused; then it is cancelled.
  package static let pause = Interval.minutes(24 * 60)
  /// How long a person is asked if nothing else is said.
  package static let approval = Interval.minutes(24 * 60)

  /// What all functions of on_success, or of on_failure, may take together: one command's standard limit and what stands around it.
  package static let notices = Interval.minutes(15)

  /// What a cancelled script's clean-up may take.
  package static let grace = Interval.seconds(30)
}

extension Pause {
  /// When it ends by itself.
  package var until: Timestamp { since + Deadlines.pause }
}
