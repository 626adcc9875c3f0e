/// Where an application is on its hosts and how its releases are kept there. The recipe states it, and the plan pins it.
package struct Placement: Sendable, Hashable, Codable {
  /// How a new release gets files that an older release on the host already has.
  package enum Reuse: String, Sendable, Hashable, Codable { case copy, link }

  /// The folder that contains `releases`, `shared` and `current`. A host's `root` is put before it.
  package var path: String
  /// Paths in a release that are links to `shared/`. A path that ends in `/` is a folder.
  package var shared: [String]
  /// The number of releases that a host keeps, including the current one.
  package var keep: Int
  package var reuse: Reuse

  package init(path: String, shared: [String] = [], keep: Int = 5, reuse: Reuse = .copy) {
    self.path = path
    self.shared = shared
    self.keep = keep
    self.reuse = reuse
  }
}
