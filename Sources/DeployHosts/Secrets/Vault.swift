package import DeployCore
package import DeployModel

/// The values of the secrets that were needed so far. Each value is read once, is inserted into texts as late as possible, and is hidden in
/// all output. An engine has one vault for hosts, its own machine and builds, because a value that goes into one of them must not come out
/// of another.
package final class Vault: Sendable {
  private struct State {
    var values: [ExactText: String] = [:]
    var matcher = Redactor.Matcher([])
    var patterns: [Redactor.Pattern] = []
  }
  /// The length in bytes of the shortest secret. A shorter value could occur in ordinary output by chance. It would be replaced there, and
  /// the replacement would reveal it.
  static let shortest = 6
  private let secrets: any Secrets
  private let state = Guarded(State())

  package init(_ secrets: any Secrets) { self.secrets = secrets }

  /// - Throws: kind `missing` if no provider has the secret, or `invalid` if it is too short to be hidden in output.
  package func value(of name: String) async throws(Failure) -> String {
    if let value = state.with({ $0.values[ExactText(name)] }) { return value }
    let value = try await secrets.value(of: name)
    guard value.utf8.count >= Vault.shortest else {
      throw Failure(
        .invalid, "the secret \(name) has fewer than \(Vault.shortest) characters and could not be kept out of output",
        fix: "give it a longer value, or use a plain string where it is no secret")
    }
    let patterns = Redactor.patterns(name: name, value: value)
    state.with { state in
      guard state.values.updateValue(value, forKey: ExactText(name)) == nil else { return }
      state.patterns += patterns
      state.matcher = Redactor.Matcher(state.patterns)
    }
    return value
  }

  /// Returns the text with its secrets inserted.
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

  /// Finds everything that has to be hidden. Whenever a value is added, there is a new object.
  var matcher: Redactor.Matcher { state.with { $0.matcher } }

  /// Returns the text with all known values replaced.
  package func clean(_ text: String) -> String {
    let matcher = matcher
    return matcher.isEmpty ? text : String(decoding: Redactor.clean(Array(text.utf8), matcher), as: UTF8.self)
  }
}
