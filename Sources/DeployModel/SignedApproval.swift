/// An approval whose signature was verified.
package struct SignedApproval: Sendable, Hashable, Codable {
  /// The signer's name in `allowed_signers`.
  package var by: String
  /// The comment; empty: none.
  package var comment: String
  /// When the approval was given, by the signer's machine.
  package var at: Timestamp

  package init(by: String, comment: String, at: Timestamp) {
    self.by = by
    self.comment = comment
    self.at = at
  }

  /// The file beside `deploy.lua` that says whose keys sign, in the form that `ssh-keygen(1)` describes.
  package static let signers = "allowed_signers"

  /// The purpose of signatures of approvals. A signature for another purpose does not count.
  package static let namespace = "lander-approval"

  /// The text that an approver signs. Ids of deployments are used once, so it fits no other deployment.
  package static func statement(_ deployment: Deployment.ID, gate: Int) -> String { "lander approve \(deployment) gate \(gate)\n" }
}
