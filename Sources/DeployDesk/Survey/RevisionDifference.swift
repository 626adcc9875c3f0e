package import DeployModel

/// What a revision would change on the hosts that run one release.
package struct RevisionDifference: Sendable, Hashable {
  /// Names of the hosts.
  package var hosts: [String]
  /// The release that the hosts run; nil: they run none.
  package var release: Release.ID?
  /// The commit that the release was made from; nil: unknown.
  package var commit: Commit?
  /// The new commits; nil: it is the same commit, or one of the two is not known here.
  package var changes: CommitRange?
  /// Files that differ between the two commits; nil: unknown.
  package var files: [ChangedFile]?
}
