import DeployModel

/// The failures that the engine gave to the scripts of one deployment. A recipe's error is allowed to claim only these failures. There are
/// two reasons: some kinds of failures decide how a deployment ends and with which exit code, and the host that an error mentions gets the
/// blame.
struct GivenFailures {
  private struct Claim: Hashable {
    var kind: Failure.Kind
    var message: String
  }
  private var claims: Set<Claim> = []
  private var hosts: Set<ExactText> = []

  /// Notes the failures of an answer.
  /// - Parameter host: the host on which the operation ran, or nil if the operation ran on no host.
  mutating func take(_ answer: Answer, from host: String?) {
    switch answer {
    case .outcome(let outcome): if let failure = outcome.failure { keep(failure, host) }
    case .results(let results):
      for case .raised(let error) in results { keep(error.failure, error.host) }
    case .cancel(let failure): keep(failure, nil)
    case .refused(let failure): keep(failure, nil)
    case .begin, .slept, .wave, .gate, .shifted: break
    }
  }

  private mutating func keep(_ failure: Failure, _ host: String?) {
    if failure.kind.decides { claims.insert(Claim(kind: failure.kind, message: failure.message)) }
    if let host { hosts.insert(ExactText(host)) }
  }

  /// Returns the error without claims that are not proved. If the error has a deciding kind, but the engine never gave a failure with this
  /// kind and message, the kind becomes `failed`. If nothing failed on the host that the error mentions, the host is removed from the
  /// error.
  func checked(_ error: ScriptError) -> ScriptError {
    var error = error
    if error.failure.kind.decides, !claims.contains(Claim(kind: error.failure.kind, message: error.failure.message)) {
      error.failure.kind = .failed
    }
    if let host = error.host, !hosts.contains(ExactText(host)) { error.host = nil }
    return error
  }
}

extension Failure.Kind {
  /// Whether exit codes, retries or the status of a host depend on the kind. Only the engine can know that such a failure happened.
  fileprivate var decides: Bool {
    switch self {
    case .cancelled, .unreachable, .lost, .fenced, .locked, .noSpace, .notPermitted, .corrupt, .transport, .store, .internal, .rejected,
      .unfit:
      true
    case .command, .timeout, .missing, .invalid, .misnamed, .unhealthy, .failed: false
    }
  }
}
