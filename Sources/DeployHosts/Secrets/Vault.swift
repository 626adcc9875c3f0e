import DeployCore
import DeployModel

/// The values of secrets that were needed so far: resolved once, put in place at the edge, looked for in everything that comes back.
actor Vault {
  /// A shorter value would be found by chance in ordinary output and give itself away by that.
  static let shortest = 6
  private let secrets: any Secrets
  private var values: [String: String] = [:]
  private var order: [String] = []

  init(_ secrets: any Secrets) { self.secrets = secrets }

  /// - Throws: kind `missing` where no provider has it, `invalid` for one too short to be kept out of output.
  func value(of name: String) async throws(Failure) -> String {
    if let value = values[name] { return value }
    let value = try await secrets.value(of: name)
    guard value.utf8.count >= Vault.shortest else {
      throw Failure(
        .invalid, "the secret \(name) has fewer than \(Vault.shortest) characters and could not be kept out of output",
        fix: "give it a longer value, or use a plain string where it is no secret")
    }
    if values.updateValue(value, forKey: name) == nil { order.append(name) }
    return value
  }

  /// The text with its secrets in place.
  func reveal(_ text: Text) async throws(Failure) -> String {
    var whole = ""
    for piece in text.pieces {
      switch piece {
      case .literal(let literal): whole += literal
      case .secret(let name): whole += try await value(of: name)
      }
    }
    return whole
  }

  /// Everything to look for from now on.
  var patterns: [Redactor.Pattern] {
    order.flatMap { name in values[name].map { Redactor.patterns(name: name, value: $0) } ?? [] }
  }

  /// The text without any value.
  func clean(_ text: String) -> String {
    let patterns = patterns
    return patterns.isEmpty ? text : String(decoding: Redactor.clean(Array(text.utf8), patterns), as: UTF8.self)
  }
}
