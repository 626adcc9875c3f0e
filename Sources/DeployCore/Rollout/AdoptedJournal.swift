package import DeployModel

/// A journal that hosts kept, beside what this machine knows of the same deployment: one of the two continues the other.
package struct AdoptedJournal: Sendable, Hashable {
  /// What is to be appended to what is known here.
  package let news: [Entry]

  /// - Parameters:
  ///   - entries: as hosts kept them.
  ///   - known: what is known here; empty: nothing.
  /// - Throws: `corrupt` if they differ.
  package init(_ entries: [Entry], over known: [Entry]) throws(Failure) {
    let count = min(entries.count, known.count)
    guard let different = (0..<count).first(where: { entries[$0] != known[$0] }) else {
      news = Array(entries[count...])
      return
    }
    throw Failure(
      .corrupt, "what hosts keep of the deployment differs from what is known here, from entry \(different) on",
      fix: "resume it from the state folder that ran it last, or from a new one with --state")
  }
}
