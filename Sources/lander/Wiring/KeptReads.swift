import DeployDesk
import DeployModel
import DeployStore
import Synchronization

/// What the newest deployment from a state folder read besides its recipes and plugins: files of the project, and environment variables.
/// Commands that look at hosts or repair them use it for what is missing today.
final class KeptReads: Sendable {
  private let deployment: Deployment.ID
  private let texts: [ExactText: String]
  private let used = Mutex<[String]>([])

  /// - Returns: nil if nothing was deployed from here, or the state folder cannot be read.
  static func newest(_ options: ProjectOptions) async -> KeptReads? {
    guard let folder = (try? options.existingStateFolder()).flatMap({ $0 }), let past = try? Wiring.past(options),
      let store = try? DirectoryBundleStore(in: StateDirectory(folder)), let newest = try? await past.newestSources(in: store)
    else { return nil }
    return KeptReads(newest.deployment, newest.sources)
  }

  private init(_ deployment: Deployment.ID, _ sources: [SourceFile]) {
    self.deployment = deployment
    let data = sources.filter { $0.path.hasPrefix("$") || !$0.path.hasSuffix(".lua") }
    texts = Dictionary(data.map { (ExactText($0.path), $0.text) }) { first, _ in first }
  }

  /// Returns the text of a file, or of a variable as `$NAME`; nil: the deployment did not read it.
  func text(_ path: String) -> String? {
    guard let text = texts[ExactText(path)] else { return nil }
    used.withLock { if !$0.contains(path) { $0.append(path) } }
    return text
  }

  private static func listed(_ names: [String]) -> String {
    names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  /// A warning that names what was used; nil: nothing was used.
  var warning: Problem? {
    let used = used.withLock { $0 }
    guard !used.isEmpty else { return nil }
    let names = used.map { $0.hasPrefix("$") ? "the variable \($0.dropFirst())" : $0 }
    return Problem(
      "deploy.lua reads \(Self.listed(names)), which \(used.count == 1 ? "is" : "are") missing here: "
        + "the text that deployment \(deployment) read is used",
      fix: "lander deploy needs \(used.count == 1 ? "it" : "them")")
  }
}
