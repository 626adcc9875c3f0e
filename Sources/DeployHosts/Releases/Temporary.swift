import Crypto
import DeployModel
import Glibc

/// What files of this machine are asked and say.
enum Temporary {
  /// Names in a folder, in the order of their bytes.
  static func entries(of folder: String) throws(Failure) -> [String] {
    guard let directory = opendir(folder) else { throw failure("\(folder) cannot be read") }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
  /// What the system said last, about a file of this machine.
  static func failure(_ what: String) -> Failure {
    let code = errno
    let kind: Failure.Kind =
      switch code {
      case ENOSPC, EDQUOT: .noSpace
      case EACCES, EPERM, EROFS: .notPermitted
      case ENOENT: .missing
      default: .transport
      }
    return Failure(kind, "\(what) on this machine: \(String(cString: strerror(code)))")
  }
}

/// A file of this machine on its way to hosts, named by its content.
struct Pack: Sendable {
  let path: String
  let size: Int
  let digest: String
  /// Whether it is a tar as it is, not compressed.
  var isPlain = false
  /// What it is called on a host.
  var name: String { digest + (isPlain ? ".tar" : ".pack") }

  /// - Throws: if it cannot be read.
  init(_ path: String) throws(Failure) {
    guard let file = fopen(path, "re") else { throw Temporary.failure("\(path) cannot be read") }
    defer { fclose(file) }
    var hash = SHA256()
    var size = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
      size += count
    }
    guard ferror(file) == 0 else { throw Temporary.failure("\(path) cannot be read") }
    self.path = path
    self.size = size
    digest = Hex.text(hash.finalize())
  }

  /// Compresses a tar of a temporary folder; equal content gives equal bytes.
  init(gzip tar: String, in folder: String) async throws(Failure) {
    let packed = tar + ".gz"
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(nothing) }
    let child = try Child.start(
      ["sh", "-c", "exec gzip -1 -n -c <\"$1\" >\"$2\"", "sh", tar, packed], streams: [nothing, nothing, nothing])
    let status = await child.exit()
    guard status == 0 else {
      throw Failure(.missing, "gzip on this machine ended with \(status)", fix: "is gzip installed, and is there room in \(folder)?")
    }
    unlink(tar)
    try self.init(packed)
  }
}
