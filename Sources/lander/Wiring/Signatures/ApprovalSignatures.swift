import DeployEngine
import DeployModel

/// Makes and checks the signatures of approvals.
struct ApprovalSignatures: Signatures {
  static let form = SSHSignature(namespace: SignedApproval.namespace)

  func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String? {
    guard case .signer(let name)? = try? Self.form.find(text, signature: signature, among: signers, as: names) else { return nil }
    return name
  }

  /// Returns why an answer that was left on hosts will probably not count. Returns nil if its key is allowed, or if that cannot be found
  /// out from this folder. The deployment has its own allowed signers, which can differ from those in the folder.
  static func doubt(_ message: Message, _ parked: Parked, in folder: String) -> String? {
    guard message.kind == .approve, let names = parked.from, !names.isEmpty else { return nil }
    let people = names.joined(separator: ", ")
    guard let signature = message.signature else { return "it is not signed, and only signed answers of \(people) count: use --key FILE" }
    guard let signers = try? Folder.text(at: "\(folder)/\(SignedApproval.signers)", most: SourceFile.mostBytes) else { return nil }
    let statement = SignedApproval.statement(parked.deployment, gate: parked.gate)
    guard let found = try? form.find(statement, signature: signature, among: signers, as: names) else { return nil }
    if case .signer = found { return nil }
    return "no line of \(SignedApproval.signers) lets this key sign for \(people), so the answer does not count, unless the deployment "
      + "has other signers"
  }
}
