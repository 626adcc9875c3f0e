package import DeployModel

/// What a revision would change on the hosts that run one commit or release.
package struct RevisionDifference: Sendable, Hashable {
  /// The names of the hosts.
  package var hosts: [String]
  /// The release that the hosts run, or nil if there is none.
  package var release: Release.ID?
  /// The commit from which the release was made, or nil if unknown.
  package var commit: Commit?
  /// The new commits, or nil if the commits are equal or this machine does not know one of them.
  package var changes: CommitRange?
  /// The files that differ between the two commits, or nil if unknown.
  package var files: [ChangedFile]?
}
