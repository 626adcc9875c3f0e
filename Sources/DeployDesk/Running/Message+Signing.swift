import DeployModel

/// A function that signs a string and returns the signature.
package typealias Signing = @Sendable (String) throws -> String

extension Message {
  /// Signs an approval for the gate whose number is in the message.
  /// - Parameter sign: the function that signs, or nil to leave the approval unsigned.
  /// - Throws: if signing fails, or if it is unknown which gate is open.
  mutating func sign(_ sign: Signing?, of deployment: Deployment.ID) throws(Problems) {
    guard let sign, kind == .approve else { return }
    guard let number, number > 0 else {
      throw Problems(
        Problem("deployment \(deployment) has no open gate that could be approved", fix: "lander status --deployment \(deployment)"),
        exit: .refused)
    }
    do { signature = try sign(SignedApproval.statement(deployment, gate: number)) } catch {
      throw Problems(error as? Problem ?? Problem("the answer cannot be signed: \(error)"))
    }
  }
}
