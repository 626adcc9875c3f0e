package import DeployModel

/// The answer of a server in a simulation. A server that no test describes answers with status 200 and an empty body.
package struct SimulatedAnswer: Sendable, Hashable {
  package var response = HTTPResponse(status: 200)
  /// Why no answer comes, or nil if an answer comes.
  package var failure: String?
  /// How long the answer takes, or nil for the duration that the world's pace determines.
  package var duration: Interval?

  package init() {}

  /// Returns the outcome of the request.
  /// - Parameter outcome: the outcome to which this answer is added.
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
