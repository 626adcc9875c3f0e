import DeployModel

/// Distinguishes the failure that a lab planned from other failures of the same deployment.
struct LabCauses {
  let part: TrialPart
  let planned: LabScene.Failing

  /// The first failure, of a host or of the deployment itself, that the planned failure did not cause. Nil if there is none.
  var other: ScriptError? {
    guard let end = part.conclusion else { return nil }
    for (number, status) in end.hosts.enumerated() {
      guard var error = status.cause else { continue }
      error.host = error.host ?? part.plan.name(ofHost: number)
      if isOther(error) { return error }
    }
    return end.error.flatMap { isOther($0) ? $0 : nil }
  }

  /// A recipe can turn the planned failure into an error of its own, such as a check that gave up. So an error on the planned host counts
  /// as a different failure only if its cause is an operation that was actually performed.
  private func isOther(_ error: ScriptError) -> Bool {
    let failure = error.failure
    if failure.kind == .cancelled || failure.message.contains(planned.message) { return false }
    if let host = error.host, !host.isExactly(planned.host) { return true }
    return part.entries.contains { entry in
      guard case .happened(.finished(_, let outcome)) = entry.fact else { return false }
      return outcome.failure?.message.isExactly(failure.message) == true
    }
  }
}

extension HostStatus {
  /// Why the host failed, or nil if it did not fail.
  fileprivate var cause: ScriptError? {
    switch self {
    case .restored(let error), .untouched(let error), .restoreFailed(let error, _, _), .failed(let error), .restoring(let error): error
    case .leftOut(let failure), .unknown(let failure): ScriptError(failure)
    default: nil
    }
  }
}
