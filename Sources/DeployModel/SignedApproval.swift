/// An approval whose signature was verified.
package struct SignedApproval: Sendable, Hashable, Codable {
  /// The signer's name in `allowed_signers`.
  package var by: String
  /// The comment, or empty if there is none.
  package var comment: String
  /// When the person approved, by the clock of their machine.
  package var at: Timestamp

  package init(by: String, comment: String, at: Timestamp) {
    self.by = by
    self.comment = comment
    self.at = at
  }

  /// The file next to `deploy.lua` that lists the people who are allowed to sign, with their keys, in the format of `ssh-keygen(1)`.
  package static let signers = "allowed_signers"

  /// The namespace of approval signatures. A signature with another namespace is invalid.
  package static let namespace = "lander-approval"

  /// Returns the text that an approver signs. A signature of this text is valid for one deployment only, because ids of deployments are
  /// never reused.
  package static func statement(_ deployment: Deployment.ID, gate: Int) -> String { "lander approve \(deployment) gate \(gate)\n" }
}
