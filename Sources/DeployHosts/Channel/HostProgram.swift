import Crypto

/// What a host is told once per channel: the functions of `Program/*.sh`.
struct HostProgram: Sendable {
  /// Functions for the loop and for jobs of ours.
  let functions: [UInt8]
  /// The text of the detached runner of jobs.
  let runner: [UInt8]
  /// Twelve digits that change when the texts do: names of their files on hosts.
  let version: String

  init() {
    let parts = [
      PackageResources.base_sh, PackageResources.jobs_sh, PackageResources.releases_sh, PackageResources.repair_sh,
      PackageResources.truth_sh, PackageResources.files_sh,
    ]
    functions = Array(parts.joined())
    runner = PackageResources.runner_sh
    version = String(Hex.text(SHA256.hash(data: functions + runner)).prefix(12))
  }

  /// The loop that every channel is: a line read is a line obeyed. `sh -s` would read ahead and eat payload.
  /// Commands are ready to be taken when both streams have shown the nonce.
  static func loop(nonce: String) -> String {
    "printf \"\\n\(nonce) 0 0\\n\"; printf \"\\n\(nonce) 0 0\\n\" >&2; while IFS= read -r l; do eval \"$l\"; done"
  }
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
  static func digest(_ bytes: some Sequence<UInt8>) -> String { text(SHA256.hash(data: Array(bytes))) }
}
