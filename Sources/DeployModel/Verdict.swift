/// How a gate was answered.
package enum Verdict: String, Sendable, Hashable, Codable {
  case pass
  case fail
  /// Nobody could tell: hosts gave no answer, or the deployment ended while the gate was open.
  case inconclusive
}
