import DeployCore
package import DeployModel

/// A source of secrets. A provider that lacks a secret returns nil. A provider that has the secret but cannot give its value throws.
package protocol SecretProvider: Sendable {
  /// The place where the provider looks, in words for messages: `the environment`, `the file .secrets`.
  var name: String { get }
  /// - Returns: nil if the provider lacks the secret.
  func value(of secret: String) async throws(Failure) -> String?
}

/// Providers in the order in which they are asked. The first one that has a secret counts. Values are kept only as long as this object
/// lives.
package actor SecretProviders: Secrets {
  private let providers: [any SecretProvider]
  private var known: [ExactText: String] = [:]

  package init(_ providers: [any SecretProvider]) { self.providers = providers }

  /// - Throws: `missing`, with the providers that were asked, or `invalid` if the value is empty. An empty value would be found everywhere
  ///   in output.
  package func value(of name: String) async throws(Failure) -> String {
    if let value = known[ExactText(name)] { return value }
    for provider in providers {
      guard let value = try await provider.value(of: name) else { continue }
      guard !value.isEmpty else { throw Failure(.invalid, "the secret \(name) is empty in \(provider.name)", fix: "give it a value there") }
      known[ExactText(name)] = value
      return value
    }
    let asked = providers.isEmpty ? "no provider is set up" : "asked were " + providers.map(\.name).joined(separator: ", ")
    throw Failure(
      .missing, "nobody has the secret \(name): \(asked)", fix: "export \(name)=… where lander runs, or put it into the file of secrets")
  }

  /// Returns a problem for each secret that is not available, in the order of `names`. A deployment with such problems is refused before
  /// anything starts.
  package func missing(of names: [String]) async -> [Problem] {
    var problems: [Problem] = []
    for name in names {
      do throws(Failure) { _ = try await value(of: name) } catch {
        problems.append(Problem(error.message, subject: name, fix: error.fix))
      }
    }
    return problems
  }
}

/// The names that a secret is allowed to have: letters, digits, `_`, `-` and `.`, without a dot at the beginning. Such names can also be
/// names of files.
enum SecretName {
  static func isGood(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".") && name.utf8.allSatisfy(\.isPlainInName)
  }
}
