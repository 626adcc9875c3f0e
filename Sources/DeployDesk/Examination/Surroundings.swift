/// What an examination needs to know about this machine and the folders around a project.
package struct Surroundings: Sendable {
  /// The version of this program, and its path.
  package var version = ""
  package var program = ""
  /// The folder of the recipes that come with lander; nil: not found.
  package var shipped: String?
  /// The paths of programs; nil: not on the path.
  package var ssh: String?
  package var git: String?
  /// The most files that a process may open; nil: unknown.
  package var openFiles: Int?
  /// The state folder, whether it exists, and whether it can be written.
  package var state = ""
  package var hasState = false
  package var isWritable = false
  /// Whether git would commit the state folder.
  package var isCommitted = false
  package var hasAgent = false
  /// Names of private keys in `~/.ssh`.
  package var keys: [String] = []
  package var hasSSHConfig = false
  package var hasKnownHosts = false

  package init() {}
}
