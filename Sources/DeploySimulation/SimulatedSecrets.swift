import DeployCore
package import DeployModel

/// The marks of secrets in receipts of simulated hosts: a digest of each value, which shows whether a value was changed. The digest does
/// not hide the value. This is harmless, because nothing leaves this process.
extension SimulatedTransport {
  /// Returns the receipt with a digest for each secret that has none and whose value is known here.
  func marked(_ receipt: Receipt, on host: String) async -> Receipt {
    guard let marks = receipt.secrets, let secrets else { return receipt }
    var receipt = receipt
    var done: [SecretMark] = []
    for var mark in marks {
      if mark.digest == nil, let value = try? await secrets.value(of: mark.name) { mark.digest = Self.digest(mark.name, value, host) }
      done.append(mark)
    }
    receipt.secrets = done
    return receipt
  }

  package func compare(secretsOf receipt: Receipt, on host: Host, at path: String) async -> SecretComparison {
    guard let marks = receipt.secrets else {
      return SecretComparison(unknown: receipt.inputs.secrets, reason: "its receipt was written by an older version, without them")
    }
    var comparison = SecretComparison()
    for mark in marks {
      guard let digest = mark.digest, let value = try? await secrets?.value(of: mark.name) else {
        comparison.unknown.append(mark.name)
        comparison.reason =
          comparison.reason ?? (mark.digest == nil ? "no value was known when its receipt was written" : "no value is known here")
        continue
      }
      let isSame = Self.digest(mark.name, value, host.name) == digest
      if isSame { comparison.same.append(mark.name) } else { comparison.changed.append(mark.name) }
    }
    return comparison
  }

  /// Returns a digest of the host, the name and the value.
  private static func digest(_ name: String, _ value: String, _ host: String) -> Digest {
    let text = Hex.text(Fingerprint(of: Array(host.utf8) + [0] + Array(name.utf8) + [0] + Array(value.utf8)).number)
    return Digest(hex: String(repeating: "0", count: 64 - text.utf8.count) + text)
  }
}
