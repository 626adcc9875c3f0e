import DeployModel

/// Steps of the engine's own that may be tried again in place: made twice they leave what they leave when made once. Hooks never are, for
/// nobody knows what their commands do a second time.
enum Retrying {
  /// Whether an operation is worth another try after that failure: the host or the way to it was to blame, and nothing of the first try is
  /// under way any more.
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
