/// The revision to deploy: where it comes from and how it is made.
package struct Revision: Sendable, Hashable, Codable {
  package enum Source: Sendable, Hashable, Codable {
    /// A directory, or a tar, tgz or zip file (recognised by content, not by name), relative to the project.
    case path(String)
    /// A ref of the local git repository at `repository` (relative to the project).
    case git(ref: String, repository: String)
  }
  package var source: Source
  /// A command to run on the engine's machine before the source is read.
  package var build: String?
  package var ignore: [String]
  /// For a commit: the folder in it that is packed, relative to the repository's folder; nil: all of it.
  package var folder: String?
  /// Whether links may lead out of the bundle. If an appspec file installs it, hosts make links to files unchanged, and refuse links to
  /// folders elsewhere.
  package var linksLeave: Bool?
  package var place: SourcePlace?
  package init(source: Source, build: String? = nil, ignore: [String] = [], folder: String? = nil, place: SourcePlace? = nil) {
    self.source = source
    self.build = build
    self.ignore = ignore
    self.folder = folder
    self.place = place
  }
}
