/// An approval whose signature was verified.
package struct SignedApproval: Sendable, Hashable, Codable {
  /// The signer's name in `allowed_signers`.
  package var by: String
  /// Why, in words; empty: nothing was said.
  package var comment: String
  /// When it was said, by the signer's machine.
  package var at: Timestamp

  package init(by: String, comment: String, at: Timestamp) {
    self.by = by
    self.comment = comment
    self.at = at
  }

  /// The file beside `deploy.lua` that says whose keys sign, in the form that `ssh-keygen(1)` describes.
  package static let signers = "allowed_signers"

  /// What signatures of approvals are for: one for something else counts as none.
  package static let namespace = "lander-approval"

  /// The text that an approver signs. Ids of deployments are used once, so it fits no other deployment.
  package static func statement(_ deployment: Deployment.ID, gate: Int) -> String { "lander approve \(deployment) gate \(gate)\n" }
}
