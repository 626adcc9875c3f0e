package import DeployModel

/// Looks up the commits of folders in a version control system.
package protocol VersionControl: Sendable {
  /// Returns a commit, or nil if the folder is not in a working copy or the commit does not exist.
  /// - Parameters:
  ///   - ref: a branch, a tag or a commit, or nil for the commit that is checked out in the folder.
  ///   - folder: a folder. It does not have to be in a working copy.
  func commit(_ ref: String?, in folder: String) async -> Commit?
  /// Returns the commits that `new` has and `old` lacks, or nil if one of the two commits is unknown.
  func changes(from old: String, to new: String, in folder: String) async -> CommitRange?
  /// Returns the files that are below the folder and differ between two commits, sorted by path, but at most `ChangedFile.most` of them.
  /// Returns nil if one of the two commits is unknown.
  func files(from old: String, to new: String, in folder: String) async -> [ChangedFile]?
}

/// A `VersionControl` that knows no commits.
package struct NoVersionControl: VersionControl {
  package init() {}
  package func commit(_ ref: String?, in folder: String) async -> Commit? { nil }
  package func changes(from old: String, to new: String, in folder: String) async -> CommitRange? { nil }
  package func files(from old: String, to new: String, in folder: String) async -> [ChangedFile]? { nil }
}
