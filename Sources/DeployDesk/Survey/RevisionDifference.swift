package import DeployModel

/// What a revision would change on hosts that run the same one.
package struct RevisionDifference: Sendable, Hashable {
  /// Names of the hosts.
  package var hosts: [String]
  /// What they run; nil: nothing.
  package var release: Release.ID?
  /// What that was made from; nil: nobody knows.
  package var commit: Commit?
  /// The commits that are new; nil: it is the same commit, or one of the two is not known here.
  package var changes: CommitRange?
  /// Files that differ between the two commits; nil: nobody knows.
  package var files: [ChangedFile]?
}
