package import DeployModel

/// A server's answer in a simulation. A server that nobody described answers 200 with an empty body.
package struct SimulatedAnswer: Sendable, Hashable {
  package var response = HTTPResponse(status: 200)
  /// Why no answer comes; nil: one does.
  package var failure: String?
  /// How long it takes; nil: as long as the world's pace says.
  package var duration: Interval?

  package init() {}

  /// The outcome of the request.
  /// - Parameter outcome: the outcome without this answer.
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
