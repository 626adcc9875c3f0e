/// The folder and machine behind a deployment's path, whatever names and addresses lead there.
package struct HostPlace: Sendable, Hashable, Codable {
  /// An id that the first deployment since the machine's start puts into `.lander`; nil before that, and in a copy of another machine's
  /// disk.
  package var id: String?
  /// The path without links.
  package var path: String
  /// Device and inode of the deepest folder of the path that exists, and the rest of the path below it.
  package var folder: String
  package init(id: String? = nil, path: String, folder: String) {
    self.id = id
    self.path = path
    self.folder = folder
  }
}
