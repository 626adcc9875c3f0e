/// Where an application lives on its hosts, and how its releases are kept there. The recipe says it, and the plan pins it.
package struct Placement: Sendable, Hashable, Codable {
  /// How a new release takes over files that an older one on the host has.
  package enum Reuse: String, Sendable, Hashable, Codable { case copy, link }

  /// The folder that holds `releases`, `shared` and `current`; a host's `root` stands in front of it.
  package var path: String
  /// Paths of a release that are links into `shared/`; a folder ends in `/`.
  package var shared: [String]
  /// The number of releases that a host keeps, the current one included.
  package var keep: Int
  package var reuse: Reuse

  package init(path: String, shared: [String] = [], keep: Int = 5, reuse: Reuse = .copy) {
    self.path = path
    self.shared = shared
    self.keep = keep
    self.reuse = reuse
  }
}
