package import DeployModel

/// What a server says in a simulation. One that nobody described answers 200 and nothing more.
package struct SimulatedAnswer: Sendable, Hashable {
  package var response = HTTPResponse(status: 200)
  /// Why no answer comes; nil: one does.
  package var failure: String?
  /// How long it takes; nil: as long as the world's pace has it.
  package var duration: Interval?

  package init() {}

  /// What the request comes to.
  /// - Parameter outcome: what it took otherwise.
  func outcome(of request: HTTPRequest, _ outcome: Outcome) -> Outcome {
    var outcome = outcome
    if let failure {
      outcome.failure = Failure(.transport, "\(request.line): \(failure)")
    } else if response.body.utf8.count > request.limit {
      outcome.failure = request.tooLong
    } else {
      outcome.value = response.value
    }
    return outcome
  }
}
