import DeployModel
import Glibc

/// Files and folders that decide what runs: nobody else may be able to write them.
enum OwnFile {
  /// Why a path is not to be relied upon; nil: only root and who runs this command can write it.
  static func doubt(_ path: String) -> Problem? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    if status.st_uid != 0, status.st_uid != geteuid() {
      return Problem("\(path) belongs to another user, who could change it", fix: "chown it to root, or to who runs lander")
    }
    if status.st_mode & 0o022 != 0 {
      return Problem("\(path) can be written by others than its owner", fix: "chmod go-w \(path)")
    }
    return nil
  }
}
