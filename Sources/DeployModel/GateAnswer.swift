/// How a gate was closed, as the journal and the strategy have it.
package struct GateAnswer: Sendable, Hashable, Codable {
  package var verdict: Verdict
  /// Who answered, `user@machine`: a label that nobody has verified. If the answers were signed, the names of the signers. Nil: no person
  /// answered.
  package var by: String?
  /// The comment; empty: none.
  package var comment: String
  /// When the person answered, by their machine's clock; nil: no person answered, or the message has no time.
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
