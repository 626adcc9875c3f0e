/// The answer to a gate.
package enum Verdict: String, Sendable, Hashable, Codable {
  case pass
  case fail
  /// The gate got no clear answer: hosts did not answer, or the deployment ended while the gate was open.
  case inconclusive
}
