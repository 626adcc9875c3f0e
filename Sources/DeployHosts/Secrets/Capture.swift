import Crypto
import DeployCore
import DeployModel

/// One stream of a command's output. Secrets in it are replaced, its bytes are counted and digested, and its beginning and end are
/// kept.
struct Capture {
  private var redactor: Redactor
  private let vault: Vault
  private var hash = SHA256()
  private var head: [UInt8] = []
  private var tail: [UInt8] = []
  private var bytes = 0
  private static let half = Captured.limit / 2 - 64

  /// Creates a capture that hides all values in the vault, including values that the vault learns while the command runs.
  init(_ vault: Vault) {
    self.vault = vault
    redactor = Redactor(vault.matcher)
  }

  /// Takes bytes of the stream. Returns the part that can be shown now, and its offset in the stream with secrets replaced.
  mutating func take(_ raw: [UInt8]) -> (offset: Int, bytes: [UInt8]) { keep(redactor.take(raw, vault.matcher)) }
  mutating func finish() -> (offset: Int, bytes: [UInt8]) { keep(redactor.finish()) }

  private mutating func keep(_ clean: [UInt8]) -> (offset: Int, bytes: [UInt8]) {
    let offset = bytes
    bytes += clean.count
    hash.update(data: clean)
    let room = Capture.half - head.count
    if room > 0 { head += clean.prefix(room) }
    tail += clean.dropFirst(max(0, room))
    if tail.count > 2 * Capture.half { tail.removeFirst(tail.count - Capture.half) }
    return (offset, clean)
  }

  /// The stream in the form in which an outcome contains it.
  var captured: Captured {
    let digest = Digest(hex: Hex.text(hash.finalize()))
    if head.count + tail.count == bytes, bytes <= 2 * Capture.half {
      let text = String(decoding: head + tail, as: UTF8.self)
      if text.utf8.count <= Captured.limit {
        return Captured(text: text, bytes: bytes, truncated: false, digest: bytes == 0 ? nil : digest)
      }
    }
    // A byte that is not UTF-8 becomes three bytes. If the text becomes too long in this way, less of it is kept.
    var size = Capture.half
    while true {
      let begin = String(decoding: head.prefix(size), as: UTF8.self)
      let end = String(decoding: tail.isEmpty ? head.suffix(size) : (tail.count < size ? head + tail : tail).suffix(size), as: UTF8.self)
      let text = begin + "\n[lander: \(max(0, bytes - 2 * size)) bytes left out]\n" + end
      if text.utf8.count <= Captured.limit { return Captured(text: text, bytes: bytes, truncated: true, digest: digest) }
      size /= 2
    }
  }
}
