package import DeployModel

/// A journal that hosts kept, compared with this machine's journal of the same deployment. One of the two journals has to continue the
/// other.
package struct AdoptedJournal: Sendable, Hashable {
  /// The entries to append to the local journal, or empty if the local journal has all of them.
  package let news: [Entry]

  /// - Parameters:
  ///   - entries: the entries that hosts kept.
  ///   - known: the entries of the local journal, or empty if there is none.
  /// - Throws: `corrupt` if neither journal continues the other.
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
