import DeployGround
import DeployModel
import Glibc

/// Writes a tar that GNU tar and busybox tar read in the same way. Long names have GNU's form. The same input always gives the same bytes.
final class TarWriter {
  private let file: UnsafeMutablePointer<FILE>
  private let path: String

  init(_ path: String) throws(Failure) {
    guard let file = fopen(path, "we") else { throw Temporary.failure("\(path) cannot be written") }
    self.file = file
    self.path = path
  }

  func add(_ name: String, mode: Int, content: [UInt8], modified: Int = 0) throws(Failure) {
    try header(.file, "./" + name, mode: mode, size: content.count, modified: modified)
    try put(content)
    try pad(content.count)
  }
  func add(folder name: String, mode: Int) throws(Failure) { try header(.folder, "./" + name + "/", mode: mode, size: 0) }
  func add(link name: String, target: String) throws(Failure) { try header(.link, "./" + name, mode: 0o777, size: 0, target: target) }

  /// Adds a file from this machine, piece by piece.
  func add(_ name: String, file source: String, mode: Int, size: Int, modified: Int) throws(Failure) {
    guard let input = fopen(source, "re") else { throw Temporary.failure("\(source) cannot be read") }
    defer { fclose(input) }
    try header(.file, "./" + name, mode: mode, size: size, modified: modified)
    var left = size
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while left > 0 {
      let count = fread(&buffer, 1, min(left, buffer.count), input)
      guard count > 0 else { throw Failure(.corrupt, "\(source) became shorter while it was read") }
      try put(buffer[0..<count])
      left -= count
    }
    try pad(size)
  }

  func finish() throws(Failure) {
    try put(TarBlocks.end)
    guard fclose(file) == 0 else { throw Temporary.failure("\(path) cannot be written") }
  }

  private func put(_ bytes: some Collection<UInt8>) throws(Failure) {
    let bytes = Array(bytes)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Temporary.failure("\(path) cannot be written") }
  }
  private func pad(_ size: Int) throws(Failure) { try put([UInt8](repeating: 0, count: TarBlocks.padding(size))) }

  private func header(
    _ kind: TarBlocks.Kind, _ name: String, mode: Int, size: Int, modified: Int = 0, target: String = ""
  ) throws(Failure) {
    let (name, target) = (Array(name.utf8), Array(target.utf8))
    try put(TarBlocks.head(kind, name: name, mode: mode, size: size, modified: modified, target: target))
  }

  /// Packs a file under the name `file`, or the contents of a folder.
  static func pack(_ source: String, isFolder: Bool, into path: String) throws(Failure) {
    let tar = try TarWriter(path)
    if isFolder { try tar.tree(source, "") } else { try tar.entry(source, "file") }
    try tar.finish()
  }

  private func tree(_ source: String, _ prefix: String) throws(Failure) {
    for name in try Temporary.entries(of: source) { try entry("\(source)/\(name)", prefix + name) }
  }
  private func entry(_ source: String, _ name: String) throws(Failure) {
    var status = stat()
    guard (name == "file" ? stat(source, &status) : lstat(source, &status)) == 0 else {
      throw Temporary.failure("\(source) cannot be read")
    }
    // Set-id bits are left out, so that nobody brings them to a host by accident.
    let mode = Int(status.st_mode & 0o1777)
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      try add(folder: name, mode: mode)
      try tree(source, name + "/")
    case S_IFLNK:
      var buffer = [CChar](repeating: 0, count: 4096)
      let count = readlink(source, &buffer, buffer.count)
      guard count > 0 else { throw Temporary.failure("\(source) cannot be read") }
      try add(link: name, target: String(decoding: buffer[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    case S_IFREG: try add(name, file: source, mode: mode, size: Int(status.st_size), modified: Int(status.st_mtim.tv_sec))
    default: throw Failure(.invalid, "\(source) is neither file, folder nor link, and is not uploaded")
    }
  }
}
