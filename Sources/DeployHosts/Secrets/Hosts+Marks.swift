import Crypto
import DeployCore
package import DeployModel

/// The marks of secrets in receipts. A mark is a keyed digest of a value, and shows whether the value has changed. The key is random, is
/// created on the host, and stays there, where only the login user can read it. The engine reads the key for one comparison and never
/// writes it anywhere.
extension Hosts {
  /// Returns the receipt, with a digest added for each secret that has none and whose value is known here.
  func marked(_ receipt: Receipt, _ errand: Errand) async throws(Failure) -> Receipt {
    guard let marks = receipt.secrets, marks.contains(where: { $0.digest == nil }) else { return receipt }
    guard let key = Self.key(try await errand.link.demand("l_key", errand.claim).text) else {
      throw Failure(
        .corrupt, "\(errand.site.path)/.lander/key is no key", fix: "remove it there; the next deployment makes a new one")
    }
    var receipt = receipt
    var done: [SecretMark] = []
    for var mark in marks {
      if mark.digest == nil, let value = try? await vault.value(of: mark.name) { mark.digest = Self.digest(of: mark.name, value, key) }
      done.append(mark)
    }
    receipt.secrets = done
    return receipt
  }

  package func compare(secretsOf receipt: Receipt, on host: DeployModel.Host, at path: String) async -> SecretComparison {
    guard let marks = receipt.secrets else {
      return SecretComparison(unknown: receipt.inputs.secrets, reason: "its receipt was written by an older version, without them")
    }
    if marks.isEmpty { return SecretComparison() }
    let answer = try? await self.link(to: host).call("l_show", [path, "key"])
    guard let answer, answer.status == 0, let key = Self.key(answer.text) else {
      return SecretComparison(unknown: marks.map(\.name), reason: "the key that its receipt was made with is not on the host any more")
    }
    var comparison = SecretComparison()
    for mark in marks {
      guard let digest = mark.digest else {
        comparison.unknown.append(mark.name)
        comparison.reason = comparison.reason ?? "no value was known when its receipt was written"
        continue
      }
      guard let value = try? await vault.value(of: mark.name) else {
        comparison.unknown.append(mark.name)
        comparison.reason = comparison.reason ?? "no value is known here"
        continue
      }
      let isSame = Self.digest(of: mark.name, value, key) == digest
      if isSame { comparison.same.append(mark.name) } else { comparison.changed.append(mark.name) }
    }
    return comparison
  }

  private static func digest(of name: String, _ value: String, _ key: SymmetricKey) -> DeployModel.Digest {
    DeployModel.Digest(hex: Hex.text(HMAC<SHA256>.authenticationCode(for: Array(name.utf8) + [0] + Array(value.utf8), using: key)))
  }

  /// Reads a key of 64 hexadecimal digits, or nil if the text is not such a key.
  private static func key(_ text: String) -> SymmetricKey? {
    let digits = Array(text.trimmed.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    return SymmetricKey(data: bytes)
  }
}
