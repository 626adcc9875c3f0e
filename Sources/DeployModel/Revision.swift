/// The revision that a recipe deploys: where it comes from, and how it is built.
package struct Revision: Sendable, Hashable, Codable {
  package enum Source: Sendable, Hashable, Codable {
    /// A folder, or a tar, tgz or zip file, relative to the project. The format is recognised by the content, not by the name.
    case path(String)
    /// A ref of a local git repository. `repository` is relative to the project.
    case git(ref: String, repository: String)
  }
  package var source: Source
  /// A command that runs on the engine's machine before the source is read, or nil if there is none.
  package var build: String?
  package var ignore: [String]
  /// For a commit, the folder to pack, relative to the repository's folder. Nil for the whole repository.
  package var folder: String?
  /// Whether links are allowed to lead out of the bundle. If an appspec file installs the bundle, hosts create links to outside files
  /// unchanged and refuse links to outside folders. Nil means that links are not allowed to lead out.
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
