/// How a gate was closed, as the journal and the strategy have it.
package struct GateAnswer: Sendable, Hashable, Codable {
  package var verdict: Verdict
  /// Who answered, `user@machine`: a label that nobody has verified. If the answers were signed, the names of the signers. nil: no person
  /// did.
  package var by: String?
  /// Why, in words; empty: nothing was said.
  package var comment: String
  /// When the person said it, by their machine's clock; nil: no person did, or the message did not say.
  package var at: Timestamp?
  /// Each signed approval, in the order in which they came; nil: the answer was not signed.
  package var signed: [SignedApproval]?

  package init(_ verdict: Verdict, by: String? = nil, comment: String = "", at: Timestamp? = nil, signed: [SignedApproval]? = nil) {
    self.verdict = verdict
    self.by = by
    self.comment = comment
    self.at = at
    self.signed = signed
  }
}
