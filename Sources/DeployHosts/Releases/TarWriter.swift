import DeployModel
import Glibc

/// Writes a tar that GNU's and busybox's tar read alike: long names the GNU way. Equal input gives equal bytes.
final class TarWriter {
  enum Kind: Character {
    case file = "0"
    case link = "2"
    case folder = "5"
    case name = "L"
    case target = "K"
  }
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

  /// Adds a file of this machine, which is read while it is written.
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
    try put([UInt8](repeating: 0, count: 1024))
    guard fclose(file) == 0 else { throw Temporary.failure("\(path) cannot be written") }
  }

  private func put(_ bytes: some Collection<UInt8>) throws(Failure) {
    let bytes = Array(bytes)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Temporary.failure("\(path) cannot be written") }
  }
  private func pad(_ size: Int) throws(Failure) { try put([UInt8](repeating: 0, count: (512 - size % 512) % 512)) }

  private func header(_ kind: Kind, _ name: String, mode: Int, size: Int, modified: Int = 0, target: String = "") throws(Failure) {
    for (kind, text) in [(Kind.name, name), (Kind.target, target)] where text.utf8.count > 100 {
      let bytes = Array(text.utf8) + [0]
      try block(kind, Array("././@LongLink".utf8), mode: 0o644, size: bytes.count, modified: 0, target: [])
      try put(bytes)
      try pad(bytes.count)
    }
    try block(kind, Array(name.utf8), mode: mode, size: size, modified: modified, target: Array(target.utf8))
  }

  private func block(_ kind: Kind, _ name: [UInt8], mode: Int, size: Int, modified: Int, target: [UInt8]) throws(Failure) {
    var block = [UInt8](repeating: 0, count: 512)
    func place(_ bytes: some Sequence<UInt8>, at offset: Int) { for (index, byte) in bytes.enumerated() { block[offset + index] = byte } }
    func octal(_ number: Int, width: Int) -> [UInt8] {
      let digits = String(number, radix: 8)
      return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
    }
    place(name.prefix(100), at: 0)
    place(octal(mode, width: 7), at: 100)
    place(octal(0, width: 7), at: 108)
    place(octal(0, width: 7), at: 116)
    if size < 1 << 33 {
      place(octal(size, width: 11), at: 124)
    } else {
      // Base 256, for files of 8 GiB and more.
      block[124] = 0x80
      for index in 0..<8 { block[135 - index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
    }
    place(octal(max(0, modified), width: 11), at: 136)
    place(Array("        ".utf8), at: 148)
    place(Array(String(kind.rawValue).utf8), at: 156)
    place(target.prefix(100), at: 157)
    place(Array("ustar  \0".utf8), at: 257)
    let sum = block.reduce(0) { $0 + Int($1) }
    place(octal(sum, width: 6) + [0, 32], at: 148)
    try put(block)
  }

  /// A file (as `file`), or the content of a folder.
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
    // Nobody should bring set-id bits to a host by chance.
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
