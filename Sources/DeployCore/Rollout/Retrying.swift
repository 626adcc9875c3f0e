import DeployModel

/// Steps of the engine's own that may be retried in place: doing them twice has the same effect as once. Hooks are never retried, because
/// nobody knows what their commands do a second time.
enum Retrying {
  /// Whether an operation is worth another try after that failure: the host or the connection to it was to blame, and nothing of the
  /// first try still runs.
  static func helps(_ operation: DeployModel.Operation, after failure: Failure) -> Bool {
    switch operation {
    case .stage, .activate, .relink, .record, .remove: break
    default: return false
    }
    return switch failure.kind {
    case .transport, .lost, .timeout, .store: true
    default: false
    }
  }

  static func remark(_ host: String, _ operation: DeployModel.Operation, _ failure: Failure) -> Note {
    .remark("\(host): the step \(operation.verb) failed: \(failure.message); it is tried once more")
  }
}
