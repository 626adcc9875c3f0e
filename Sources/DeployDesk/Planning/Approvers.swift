import DeployCore
import DeployModel

/// Those who may approve, as recipes name them and as `allowed_signers` has their keys.
struct Approvers {
  /// The patterns of names that have a key.
  private let known: [Substring]
  private let isThere: Bool

  /// - Parameter sources: the project's, with its `allowed_signers` if it has one.
  init(_ sources: [SourceFile]) {
    let text = sources.first { $0.path.isExactly(SignedApproval.signers) }?.text
    isThere = text != nil
    let lines = (text ?? "").fullLines.filter { !$0.hasPrefix("#") }
    known = lines.flatMap { line in line.split(whereSeparator: \.isWhitespace).first?.split(separator: ",") ?? [] }
  }

  /// Names that an approval asks for and that can never sign.
  /// - Parameter entries: of a rehearsal.
  func problems(in entries: [Entry]) -> [Problem] {
    var problems: [Problem] = []
    for case .noted(.gateOpened(_, let gate)) in entries.lazy.map(\.fact) {
      for name in gate.from ?? [] where !has(name) {
        let what =
          isThere ? "\(SignedApproval.signers) has no key of that name" : "there is no file \(SignedApproval.signers) beside deploy.lua"
        let near = NearMatch.of(name, among: known.map(String.init)).map { "; did you mean \"\($0)\"?" } ?? ""
        let problem = Problem(
          "approval \"\(gate.name)\" asks for \"\(name)\", and \(what)", place: gate.place, subject: name,
          fix: "add a line there: \(name) ssh-ed25519 AAAA…\(near)")
        if !problems.contains(problem) { problems.append(problem) }
      }
    }
    return problems
  }

  /// A pattern with a wildcard may stand for any name.
  private func has(_ name: String) -> Bool {
    known.contains { $0 == name || $0.contains("*") || $0.contains("?") }
  }
}
