/// How a gate was closed, as the journal records it and the strategy receives it.
package struct GateAnswer: Sendable, Hashable, Codable {
  package var verdict: Verdict
  /// Who answered: the names of the signers if the answers were signed, otherwise `user@machine`, a label that nobody has verified. Nil
  /// means that no person answered.
  package var by: String?
  /// The person's comment, or empty if there is none.
  package var comment: String
  /// When the person answered, by the clock of their machine, or nil if no person answered or the message contains no time.
  package var at: Timestamp?
  /// The signed approvals, in the order in which they arrived, or nil if the answer was not signed.
  package var signed: [SignedApproval]?

  package init(_ verdict: Verdict, by: String? = nil, comment: String = "", at: Timestamp? = nil, signed: [SignedApproval]? = nil) {
    self.verdict = verdict
    self.by = by
    self.comment = comment
    self.at = at
    self.signed = signed
  }
}
