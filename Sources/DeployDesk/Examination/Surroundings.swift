/// What an examination knows about this machine and the folders of a project.
package struct Surroundings: Sendable {
  /// The version of this program.
  package var version = ""
  /// The path of this program.
  package var program = ""
  /// The folder of the recipes that come with lander, or nil if it was not found.
  package var shipped: String?
  /// The path of ssh, or nil if ssh is not on the search path.
  package var ssh: String?
  /// The path of git, or nil if git is not on the search path.
  package var git: String?
  /// The largest number of files that a process can open, or nil if unknown.
  package var openFiles: Int?
  /// The path of the state folder.
  package var state = ""
  /// Whether the state folder exists.
  package var hasState = false
  /// Whether this process can write to the state folder.
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
