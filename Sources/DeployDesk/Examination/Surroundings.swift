/// What an examination knows about this machine and the folders of a project.
package struct Surroundings: Sendable {
  /// The version of this program. `program` is its path.
  package var version = ""
  package var program = ""
  /// The folder of the recipes that come with lander; nil: it was not found.
  package var shipped: String?
  /// The path of ssh, and of git; nil: the program is not on the search path.
  package var ssh: String?
  package var git: String?
  /// The largest number of files that a process may open; nil: unknown.
  package var openFiles: Int?
  /// The path of the state folder. `hasState` says whether it exists, and `isWritable` whether it can be written.
  package var state = ""
  package var hasState = false
  package var isWritable = false
  /// Whether git would commit the state folder.
  package var isCommitted = false
  package var hasAgent = false
  /// The names of the private keys in `~/.ssh`.
  package var keys: [String] = []
  package var hasSSHConfig = false
  package var hasKnownHosts = false

  package init() {}
}
