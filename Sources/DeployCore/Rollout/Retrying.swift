import DeployModel

/// The engine's own steps that can be retried on the spot, because performing them twice has the same effect as performing them once. Hooks
/// are never retried, because the effect of running their commands twice is unknown.
enum Retrying {
  /// Whether a retry might help: the host or its connection caused the failure, and nothing of the first attempt is still running.
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
