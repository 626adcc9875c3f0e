import DeployEngine
import DeployModel

/// Makes and checks the signatures of approvals.
struct ApprovalSignatures: Signatures {
  static let form = SSHSignature(namespace: SignedApproval.namespace)

  func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String? {
    guard case .signer(let name)? = try? Self.form.find(text, signature: signature, among: signers, as: names) else { return nil }
    return name
  }
}
