import DeployModel

/// One stream of a command's output. Only the bytes up to a limit are passed on.
struct Capped {
  private var capture: Capture
  private let limit: Int
  /// The number of bytes that have arrived so far, including those beyond the limit.
  private(set) var taken = 0
  private var marked = false

  init(_ vault: Vault, _ limit: Int) {
    capture = Capture(vault)
    self.limit = limit
  }
  mutating func take(_ bytes: [UInt8]) -> (offset: Int, bytes: [UInt8]) {
    let room = max(0, limit - taken)
    taken += bytes.count
    if bytes.count <= room { return capture.take(bytes) }
    let mark = marked ? [] : Array("\n[lander: output ends here; what came after \(limit) bytes was not kept]\n".utf8)
    marked = true
    return capture.take(Array(bytes.prefix(room)) + mark)
  }
  mutating func finish() -> (offset: Int, bytes: [UInt8]) { capture.finish() }
  var captured: Captured { capture.captured }
}
