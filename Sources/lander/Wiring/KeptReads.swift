import DeployDesk
import DeployModel
import DeployReport
import DeployStore
import Synchronization

/// What deployments of this `deploy.lua` read in addition to recipes and plugins: files of the project, and environment variables. Commands
/// that look at hosts or repair them use what was read then if something is missing today. For a file, they use its newest text. For a
/// variable, they use its value if all these deployments had the same one. A variable with different values often selects the hosts, so a
/// guess could reach the wrong hosts.
final class KeptReads: Sendable {
  private struct Known {
    /// Where the texts come from, such as `the text that deployment 1 (web to production) read`.
    let origin: String
    let texts: [ExactText: String]

    init(_ origin: String, _ sources: [SourceFile]) {
      let data = sources.filter { $0.path.hasPrefix("$") || !$0.path.hasSuffix(".lua") }
      self.origin = origin
      texts = Dictionary(data.map { (ExactText($0.path), $0.text) }) { first, _ in first }
    }
  }
  private struct Asked {
    var used: [String] = []
    var differing: [String] = []
    var lacking: [String] = []
  }
  /// Newest first; at least one.
  private let readings: [Known]
  private let asked = Mutex(Asked())

  /// - Returns: nil if this text of `deploy.lua` was not deployed from here, or if the state folder cannot be read.
  static func of(_ options: ProjectOptions) async -> KeptReads? {
    guard let folder = (try? options.existingStateFolder()).flatMap({ $0 }), let past = try? Wiring.past(options),
      let project = try? options.folder(), let text = try? Folder.recipes(of: project),
      let store = try? DirectoryBundleStore(in: StateDirectory(folder)), let found = try? await past.readings(of: text, in: store),
      !found.isEmpty
    else { return nil }
    return KeptReads(found.map { Known(named($0.deployment), $0.sources) })
  }

  /// Returns what a recipe read that somebody copied from a host's folder `.lander/recipes`.
  /// - Throws: if the file is no such recipe.
  static func of(file path: String) throws -> KeptReads {
    guard let text = try Folder.text(at: path, most: mostBytes) else { throw Problems(Problem("there is no file \(path)")) }
    guard let sources = try? CompactJSON.decode([SourceFile].self, from: Array(text.utf8)), !sources.isEmpty else {
      throw Problems(
        Problem("\(path) is no recipe that a host keeps", fix: "copy a file of the folder .lander/recipes of a host, and name the copy"))
    }
    return KeptReads([Known(path, sources)])
  }
  /// The largest size of a copied recipe: a recipe has at most some hundred files of a few hundred kilobytes.
  private static let mostBytes = 64 << 20

  /// Knows no text, but records what is asked for.
  static var none: KeptReads { KeptReads([Known("", [])]) }
  /// The files and variables that were asked for and are not known.
  var lacking: [String] { asked.withLock { $0.lacking } }

  private init(_ found: [Known]) { readings = found }

  /// Returns the text of a file, or of a variable given as `$NAME`. Returns nil if the newest deployment did not read it, or if a variable
  /// had several values.
  func text(_ path: String) -> String? {
    let known = readings.map { $0.texts[ExactText(path)] }
    guard let text = known[0] else {
      if !path.hasSuffix(".lua") { asked.withLock { $0.lacking.append(path) } }
      return nil
    }
    let isOne = !path.hasPrefix("$") || known.allSatisfy { ExactText($0 ?? text) == ExactText(text) }
    asked.withLock { asked in
      if isOne, !asked.used.contains(path) { asked.used.append(path) }
      if !isOne, !asked.differing.contains(path) { asked.differing.append(path) }
    }
    return isOne ? text : nil
  }

  private static func listed(_ names: [String]) -> String {
    names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  private static func named(_ deployment: DeploymentSummary) -> String {
    "deployment \(deployment.id) (\(SafeText.line(deployment.recipe)) to \(SafeText.line(deployment.group)))"
  }

  /// A warning that lists what was used, or nil if nothing was used.
  var warning: Problem? {
    let used = asked.withLock { $0.used }
    guard !used.isEmpty else { return nil }
    let names = used.map { path in
      path.hasPrefix("$") ? "the variable \(path.dropFirst()) (\(Self.shown(readings[0].texts[ExactText(path)] ?? "")))" : path
    }
    return Problem(
      "deploy.lua reads \(Self.listed(names)), which \(used.count == 1 ? "is" : "are") missing here: "
        + "the text of \(readings[0].origin) is used",
      fix: "lander deploy needs \(used.count == 1 ? "it" : "them")")
  }

  /// A problem for each variable that is missing and had different values.
  var differing: [Problem] {
    asked.withLock { $0.differing }.map { path in
      var values: [(text: String, origin: String)] = []
      for one in readings {
        guard let text = one.texts[ExactText(path)], !values.contains(where: { ExactText($0.text) == ExactText(text) }) else { continue }
        values.append((text, one.origin))
      }
      let name = path.dropFirst()
      let shown = values.prefix(3).map { "\(Self.shown($0.text)) in \($0.origin)" }.joined(separator: ", ")
      return Problem(
        "deploy.lua reads the variable \(name), which is missing here, and its value differed: \(shown)",
        fix: "set \(name) to the value for the hosts that you mean")
    }
  }

  /// Returns a value for a message, in quotes and at most 60 characters long.
  private static func shown(_ text: String) -> String {
    let line = SafeText.line(text)
    return "\"\(line.count > 60 ? line.prefix(59) + "…" : line[...])\""
  }
}
