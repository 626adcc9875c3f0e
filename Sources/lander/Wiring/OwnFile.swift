import DeployModel
import Glibc

/// Checks files and folders that decide what runs. No other user must be able to write or replace them.
enum OwnFile {
  /// Returns why a path cannot be trusted, or nil if it can. It can if only root and this command's user can write to the path, to the
  /// folders above it and, if it is a link, to its target. There is one exception: other users are allowed to write to a folder above it
  /// that has the sticky bit, like /tmp, because they cannot replace files of other users there.
  static func doubt(_ path: String) -> Problem? {
    let real = realPath(path) ?? path
    return own(real) ?? above(path) ?? (real.isExactly(path) ? nil : above(real))
  }

  private static func own(_ path: String) -> Problem? {
    guard let (owner, mode) = look(path) else { return nil }
    if owner != 0, owner != geteuid() {
      return Problem("\(path) belongs to another user, who could change it", fix: "chown it to root, or to the user who runs lander")
    }
    if mode & 0o022 != 0 { return Problem("\(path) can be written by users other than its owner", fix: "chmod go-w \(path)") }
    return nil
  }

  private static func above(_ path: String) -> Problem? {
    var folder = path
    while let slash = folder.lastIndex(of: "/"), folder != "/" {
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
      guard let (owner, mode) = look(folder) else { continue }
      if owner != 0, owner != geteuid() {
        return Problem(
          "\(path) lies in \(folder), which belongs to another user, who could put something else in its place",
          fix: "keep it in a folder of root, or of the user who runs lander")
      }
      if mode & 0o022 != 0, mode & S_ISVTX == 0 {
        return Problem(
          "\(path) lies in \(folder), which others can write: they could put something else in its place", fix: "chmod go-w \(folder)")
      }
    }
    return nil
  }

  private static func look(_ path: String) -> (owner: uid_t, mode: mode_t)? {
    var status = stat()
    return stat(path, &status) == 0 ? (status.st_uid, status.st_mode) : nil
  }

  private static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(validatingCString: real)
  }
}
