/// A deployment: one run of the engine that brings a revision to hosts.
package enum Deployment {
  /// A deployment's id, such as `20261121-113045-x7k2`: the time when it was planned (UTC), and four random letters and digits.
  package struct ID: Identifier {
    package let rawValue: String
    package init(_ text: String) { rawValue = text }

    /// Whether a word that a person typed can refer to this deployment: it is the beginning of the id, or the letters and digits at the
    /// id's end.
    package func isMeant(by word: String) -> Bool { begins(with: word) || rawValue.hasSuffix("-" + word) }
  }
}
