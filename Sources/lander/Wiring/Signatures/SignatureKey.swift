import DeployModel
import Foundation

/// The public key inside a signature of `ssh-keygen -Y`, in the form of a line of `allowed_signers` (OpenSSH's PROTOCOL.sshsig).
struct SignatureKey {
  /// The key in base64, or nil if the text is not such a signature.
  let text: String?

  init(of signature: String) {
    let lines = signature.fullLines.filter { !$0.hasPrefix("-----") }
    guard let bytes = Data(base64Encoded: lines.joined()).map({ Array($0) }) else {
      text = nil
      return
    }
    // "SSHSIG", a version in four bytes, then the length of the key in four bytes.
    let (magic, start) = (Array("SSHSIG".utf8), 14)
    let length = bytes.count < start ? 0 : bytes[10..<start].reduce(0) { $0 << 8 | Int($1) }
    let isWhole = bytes.starts(with: magic) && length > 0 && bytes.count - start >= length
    text = isWhole ? Data(bytes[start..<(start + length)]).base64EncodedString() : nil
  }

  /// Returns the lines of an `allowed_signers` text that might be about this key. These are lines with the key, and lines with authorities
  /// that sign keys.
  func lines(of signers: String) -> [Substring] {
    guard let text else { return [] }
    return signers.fullLines.filter { line in
      !line.hasPrefix("#") && (line.split(whereSeparator: \.isWhitespace).contains { $0 == text } || line.contains("cert-authority"))
    }
  }
}
