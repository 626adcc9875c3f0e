/// How a gate was closed, as the journal and the strategy have it.
package struct GateAnswer: Sendable, Hashable, Codable {
  package var verdict: Verdict
  /// Who answered, `user@machine`: a label that nobody has verified. nil: no person did.
  package var by: String?
  /// Why, in words; empty: nothing was said.
  package var comment: String
  /// When the person said it, by their machine's clock; nil: no person did, or the message did not say.
  package var at: Timestamp?

  package init(_ verdict: Verdict, by: String? = nil, comment: String = "", at: Timestamp? = nil) {
    self.verdict = verdict
    self.by = by
    self.comment = comment
    self.at = at
  }
}
