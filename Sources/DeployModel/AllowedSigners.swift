/// The names in a project's `allowed_signers`, the file beside `deploy.lua` that says whose keys sign.
package struct AllowedSigners: Sendable, Hashable {
  /// The patterns of names that have a key.
  package let names: [String]
  /// Whether the project has the file.
  package let isThere: Bool

  /// - Parameter sources: the project's, with its `allowed_signers` if it has one.
  package init(_ sources: [SourceFile]) {
    let text = sources.first { $0.path.isExactly(SignedApproval.signers) }?.text
    isThere = text != nil
    let lines = (text ?? "").fullLines.filter { !$0.hasPrefix("#") }
    names = lines.flatMap { line in line.split(whereSeparator: \.isWhitespace).first?.split(separator: ",").map(String.init) ?? [] }
  }

  /// Whether a name may have a key. A pattern with a wildcard may stand for any name.
  package func mayName(_ name: String) -> Bool {
    names.contains { $0 == name || $0.contains("*") || $0.contains("?") }
  }
}
