import DeployCore
import DeployModel

extension AllowedSigners {
  /// Names that an approval asks for and that can never sign.
  /// - Parameter entries: of a rehearsal.
  func problems(in entries: [Entry]) -> [Problem] {
    var problems: [Problem] = []
    for case .noted(.gateOpened(_, let gate)) in entries.lazy.map(\.fact) {
      for name in gate.from ?? [] where !mayName(name) {
        let what =
          isThere ? "\(SignedApproval.signers) has no key of that name" : "there is no file \(SignedApproval.signers) beside deploy.lua"
        let near = NearMatch.of(name, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
        let problem = Problem(
          "approval \"\(gate.name)\" asks for \"\(name)\", and \(what)", place: gate.place, subject: name,
          fix: "add a line there: \(name) ssh-ed25519 AAAA…\(near)")
        if !problems.contains(problem) { problems.append(problem) }
      }
    }
    return problems
  }
}
