import Crypto

/// What a host is told once per channel: the functions of `Program/*.sh`.
struct HostProgram: Sendable {
  /// Functions for the loop and for jobs of ours.
  let functions: [UInt8]
  /// The text of the detached runner of jobs.
  let runner: [UInt8]
  init() {
    let parts = [
      PackageResources.base_sh, PackageResources.jobs_sh, PackageResources.releases_sh, PackageResources.repair_sh,
      PackageResources.truth_sh, PackageResources.inbox_sh, PackageResources.files_sh,
    ]
    functions = Array(parts.joined())
    runner = PackageResources.runner_sh
  }

  /// The loop that every channel is: a line read is a line obeyed. `sh -s` would read ahead and eat payload. It stands in argv, so
  /// it says nothing that others may not know.
  static let loop = #"while IFS= read -r l; do eval "$l"; done"#
  /// The line that ends the answer to a request: how every shell shows that it has come so far.
  static func mark(_ nonce: String, _ number: Int) -> String { "printf '\\n%s =%s 0\\n' \(nonce) \(number)" }
  /// The line that takes a text of so many bytes from the channel into a variable.
  static func take(_ bytes: [UInt8], into name: String) -> String {
    "\(name)=$(dd bs=\(bytes.count) count=1 iflag=fullblock 2>/dev/null)"
  }
}

/// Bytes as lower-case hexadecimal digits.
enum Hex {
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
  /// Sixteen random bytes: a name that nobody can guess.
  static func word() -> String {
    var generator = SystemRandomNumberGenerator()
    return text((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
  static func digest(_ bytes: some Sequence<UInt8>) -> String { text(SHA256.hash(data: Array(bytes))) }
}
