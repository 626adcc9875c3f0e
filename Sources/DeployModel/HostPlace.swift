/// The folder and the machine behind a deployment's path. Two hosts with different names and addresses can have equal values.
package struct HostPlace: Sendable, Hashable, Codable {
  /// An id of the machine, which the first deployment after each start of the machine writes into `.lander`. Nil means that no deployment
  /// has run since the start, or that the disk is a copy of another machine's disk.
  package var id: String?
  /// The path with all symbolic links resolved.
  package var path: String
  /// Device and inode of the deepest existing folder of the path, followed by the rest of the path.
  package var folder: String
  package init(id: String? = nil, path: String, folder: String) {
    self.id = id
    self.path = path
    self.folder = folder
  }
}
