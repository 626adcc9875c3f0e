import DeployModel

/// The failures that the engine gave to the scripts of one deployment. A recipe's error may claim no others: some kinds decide how a
/// deployment ends and what it exits with, and a named host gets the blame.
struct GivenFailures {
  private struct Claim: Hashable {
    var kind: Failure.Kind
    var message: String
  }
  private var claims: Set<Claim> = []
  private var hosts: Set<ExactText> = []

  /// Remembers an answer's failures.
  /// - Parameter host: where the operation ran; nil if that is no host.
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

  /// The error without unproved claims. A deciding kind becomes `failed` if the engine never gave that failure, and a host is not named
  /// if nothing failed on it.
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
  /// Whether exit codes, retries or a host's status depend on it. Only the engine can know that the failure happened.
  fileprivate var decides: Bool {
    switch self {
    case .cancelled, .unreachable, .lost, .fenced, .locked, .noSpace, .notPermitted, .corrupt, .transport, .store, .internal, .rejected,
      .unfit:
      true
    case .command, .timeout, .missing, .invalid, .misnamed, .unhealthy, .failed: false
    }
  }
}
