/// A short hash to tell strings apart: 64-bit FNV-1a, equal on every machine. It does not protect against deliberate collisions.
package struct Fingerprint: Sendable, Hashable {
  package let number: UInt64
  package init(of bytes: some Sequence<UInt8>) {
    number = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
