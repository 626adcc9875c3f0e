import DeployCore
import Glibc

@testable import DeployHosts

/// Holds reads of a content beyond an offset until it is opened.
final class Gate: Sendable {
  let offset: Int
  private let isOpen = Guarded(false)
  init(at offset: Int) { self.offset = offset }
  deinit { open() }

  func open() { isOpen.with { $0 = true } }
  /// Waits, if the content up to `end` is held.
  func pass(to end: Int) { while end > offset, !isOpen.with({ $0 }) { usleep(2000) } }
}

/// A content in memory, whose reads are counted and can be held.
final class GatedSource: ByteSource {
  private let bytes: [UInt8]
  private let gate: Gate?
  private let count = Guarded(0)
  var reads: Int { count.with { $0 } }

  init(bytes: [UInt8], gate: Gate?) { (self.bytes, self.gate) = (bytes, gate) }
  func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer) {
    count.with { $0 += 1 }
    gate?.pass(to: start + buffer.count)
    buffer.copyBytes(from: bytes[start..<start + buffer.count])
  }
}
