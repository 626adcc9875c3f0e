/// A short number to tell texts apart: 64 bits of FNV-1a, the same on every machine. It is not safe against malice.
package struct Fingerprint: Sendable, Hashable {
  package let number: UInt64
  package init(of bytes: some Sequence<UInt8>) {
    number = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
