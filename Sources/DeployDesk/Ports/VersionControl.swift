package import DeployModel

/// The commits of a folder, as far as they are known.
package protocol VersionControl: Sendable {
  /// - Parameters:
  ///   - ref: a branch, a tag or a commit; nil: the commit that is checked out there.
  ///   - folder: in a working copy, or not.
  /// - Returns: nil if the folder has no version control or no such commit.
  func commit(_ ref: String?, in folder: String) async -> Commit?
  /// The commits that `new` has and `old` lacks.
  /// - Returns: nil if one of the two commits is not known there.
  func changes(from old: String, to new: String, in folder: String) async -> CommitRange?
  /// Files below the folder that differ between two commits, in the order of their paths, at most `ChangedFile.most`.
  /// - Returns: nil if one of the two commits is not known there.
  func files(from old: String, to new: String, in folder: String) async -> [ChangedFile]?
}

/// For folders without known commits.
package struct NoVersionControl: VersionControl {
  package init() {}
  package func commit(_ ref: String?, in folder: String) async -> Commit? { nil }
  package func changes(from old: String, to new: String, in folder: String) async -> CommitRange? { nil }
  package func files(from old: String, to new: String, in folder: String) async -> [ChangedFile]? { nil }
}
