import DeployCore
package import DeployModel

/// A source of secrets' values. A provider without the secret returns nil; one that has it in a bad state throws.
package protocol SecretProvider: Sendable {
  /// Where it looks, for the message that nobody has the secret: `the environment`, `the file .secrets`.
  var name: String { get }
  /// - Returns: nil if it does not have it.
  func value(of secret: String) async throws(Failure) -> String?
}

/// Providers in the order in which they are asked; the first one with the secret counts. Values are remembered for the life of this
/// object only.
package actor SecretProviders: Secrets {
  private let providers: [any SecretProvider]
  private var known: [ExactText: String] = [:]

  package init(_ providers: [any SecretProvider]) { self.providers = providers }

  /// - Throws: `missing`, naming the providers that were asked; `invalid` for an empty value, which hides nothing and redacts everything.
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

  /// A problem for each secret that is not available, in order and with the reason, for a refusal before anything starts.
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

/// Names that can be a secret's: letters, digits, `_`, `-` and `.`, not starting with a dot; so they can be file names and variables.
enum SecretName {
  static func isGood(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".") && name.utf8.allSatisfy(\.isPlainInName)
  }
}
