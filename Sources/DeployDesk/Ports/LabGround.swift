package import DeployModel

/// The throwaway hosts of a lab, which are folders on this machine below one private folder.
package protocol LabGround: Sendable {
  /// The absolute path of the private folder.
  var folder: String { get }
  /// Whether something exists at a path on this machine.
  func exists(_ path: String) -> Bool
  /// Returns the path with all links in it resolved. The last parts of the path do not have to exist yet. Returns nil if a link in the path
  /// leads nowhere.
  func real(_ path: String) -> String?
  /// Makes the folder that contains a path below the private folder.
  func makeParent(of path: String) throws(Failure)
  /// Unpacks a bundle into a folder, adds one file there, and returns the folder.
  /// - Parameters:
  ///   - archive: the path of a gzipped tar.
  ///   - file: the name of the file to add.
  func unpack(_ archive: String, adding file: String, text: String) async throws(Problems) -> String
  /// Runs a command line of a test on a host, in the host's folder and with its environment, for at most `limit`.
  func run(_ line: String, on host: String, limit: Interval) async throws(Problems) -> LabAnswer
}

/// How a command of a test ended on a throwaway host.
package struct LabAnswer: Sendable, Hashable {
  package var status: Int
  package var stdout: String
  package var stderr: String

  package init(status: Int, stdout: String, stderr: String) {
    self.status = status
    self.stdout = stdout
    self.stderr = stderr
  }
}
