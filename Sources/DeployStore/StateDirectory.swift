package import DeployModel
import Glibc

/// The folder in which the engine's machine keeps its journal, the output of hooks, bundles and recipe sources: `.lander/` next to
/// `deploy.lua`, or the folder that `--state` names.
package struct StateDirectory: Sendable {
  package let path: String
  /// Whether the journal has to survive a power failure. It does not in a temporary folder, which ends with its command.
  package let isDurable: Bool
  /// The version of the layout that this code reads and writes.
  package static let version = 1

  /// Opens the folder, or creates it with mode 0700 if it does not exist.
  /// - Throws: an error that names the path if the folder cannot be created or written, or if a newer version of Lander wrote it.
  package init(_ path: String, isDurable: Bool = true) throws(Problems) {
    self.path = path
    self.isDurable = isDurable
    do throws(Failure) {
      let isNew = !Disk.exists(path)
      try Disk.makeFolder(path)
      guard let status = Disk.status(path), status.kind != .file else { throw Disk.failure("use as a folder", path, ENOTDIR) }
      if !isNew { try Self.look(at: path) }
      try checkVersion(isNew: isNew)
      for folder in [spool, bundles, sources, claims] { try Disk.makeFolder(folder) }
      if isNew { try Disk.write(Array("*\n".utf8), to: "\(path)/.gitignore", isDurable: isDurable) }
    } catch {
      throw Problems(
        Problem(error.message, subject: path, fix: error.fix ?? "name another folder with --state"),
        exit: error.kind == .invalid ? .refused : .infrastructure)
    }
  }

  package var journal: String { "\(path)/journal.sqlite" }
  package var spool: String { "\(path)/spool" }
  package var bundles: String { "\(path)/bundles" }
  package var sources: String { "\(path)/sources" }
  package var claims: String { "\(path)/claims" }
  /// The folder for records of commands on this machine. The first deployment creates it.
  package var here: String { "\(path)/here" }
  /// The folder for messages. The first message creates it, so a read-only state folder has none.
  package var mail: String { "\(path)/mail" }

  /// Refuses a world-writable folder, because `resume` changes hosts as the folder's journal says. Also refuses a folder to which this
  /// process cannot write.
  private static func look(at path: String) throws(Failure) {
    var info = stat()
    guard stat(path, &info) == 0 else { throw Disk.failure("look at", path) }
    guard info.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(.invalid, "the state folder \(path) is no folder", fix: "name a folder with --state; without it, it is .lander")
    }
    let mode = Int(info.st_mode)
    if mode & 0o002 != 0 {
      throw Failure(
        .notPermitted,
        "the state folder can be written by everybody (mode \(String(mode & 0o7777, radix: 8))), so its journal proves nothing",
        fix: "chmod -R go-w '\(path)' if what is in it is yours; otherwise name another folder with --state")
    }
    guard access(path, W_OK | X_OK) != 0 else { return }
    let (code, owner) = (errno, getpwuid(info.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "user \(info.st_uid)")
    if code == EROFS { throw Disk.failure("write to the state folder", path, code) }
    if info.st_uid == geteuid() {
      throw Failure(
        .notPermitted, "this user owns the state folder, and its mode \(String(mode & 0o7777, radix: 8)) lets nobody write to it",
        fix: "chmod u+rwx '\(path)'")
    }
    throw Failure(
      .notPermitted, "the state folder belongs to \(owner), and this user may not write to it",
      fix: "run lander as \(owner), or name a folder of your own with --state")
  }

  private func checkVersion(isNew: Bool) throws(Failure) {
    let file = "\(path)/version"
    guard Disk.exists(file) else {
      if !isNew, Disk.exists(journal) {
        throw Failure(
          .invalid, "the state folder \(path) holds a journal but no file `version`",
          fix: "put the number of its layout back: echo \(Self.version) > '\(file)'")
      }
      return try Disk.write(Array("\(Self.version)\n".utf8), to: file, isDurable: isDurable)
    }
    let text = String(decoding: try Disk.read(file, limit: 64), as: UTF8.self).split(whereSeparator: \.isWhitespace).joined()
    guard let found = Int(text), found > 0 else {
      throw Failure(
        .invalid, "\(file) should hold the number of the layout, but holds \"\(text)\"",
        fix: "write \(Self.version) into it if no newer lander was here")
    }
    guard found <= Self.version else {
      throw Failure(
        .invalid, "the state folder \(path) was written by a newer lander (layout \(found); this one knows \(Self.version))",
        fix: "update lander on this machine, or name another folder with --state")
    }
  }
}
