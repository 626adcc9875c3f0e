import DeployDesk
import DeployModel
import DeployReport
import DeployStore
import Synchronization

/// What deployments of this `deploy.lua` read in addition to recipes and plugins: files of the project, and environment variables. Commands
/// that look at hosts or repair them use what was read then if something is missing today. For a file, they use its newest text. For a
/// variable, they use its value if all these deployments had the same one. A variable that was not set in one of them counts as different,
/// even if it has a default. A variable with different values often selects the hosts, so a guess could reach the wrong hosts.
final class KeptReads: Sendable {
  private struct Known {
    /// Where the texts come from, such as `the text that deployment 1 (web to production) read`.
    let origin: String
    let texts: [ExactText: String]

    init(_ origin: String, _ sources: [SourceFile]) {
      self.origin = origin
      texts = Dictionary(sources.map { (ExactText($0.path), $0.text) }) { first, _ in first }
    }

    func text(_ path: String) -> ExactText? { texts[ExactText(path)].map { ExactText($0) } }
  }
  private struct Asked {
    var used: [String] = []
    var differing: [String] = []
    var lacking: [String] = []
  }
  /// Newest first; at least one.
  private let readings: [Known]
  /// The text of `deploy.lua` in a copied recipe, or nil if it has none or the texts are those of deployments.
  private let main: String?
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
    guard let text = try InputFile(option: "--reads", path: path, most: mostBytes).text() else {
      throw Problems(Problem("there is no file \(path)", subject: "--reads", fix: "name a file that is there"))
    }
    let fix = "copy a file of the folder .lander/recipes of a host, and name the copy"
    guard let sources = try? CompactJSON.decode([SourceFile].self, from: Array(text.utf8)), !sources.isEmpty else {
      throw Problems(Problem("\(path) is no recipe that a host keeps", fix: fix))
    }
    var seen: Set<ExactText> = []
    if let twice = sources.first(where: { !seen.insert(ExactText($0.path)).inserted }) {
      throw Problems(Problem("\(path) has two texts of \(named(twice.path)), and a recipe that a host keeps has one", fix: fix))
    }
    let known = Known(path, sources)
    return KeptReads([known], main: sources.first { $0.path.isExactly("deploy.lua") }?.text)
  }
  /// The largest size of a copied recipe: a recipe has at most some hundred files of a few hundred kilobytes.
  private static let mostBytes = 64 << 20

  /// Knows no text, but records what is asked for.
  static var none: KeptReads { KeptReads([Known("", [])]) }
  /// The files and variables that were asked for and are not known.
  var lacking: [String] { asked.withLock { $0.lacking } }

  private init(_ found: [Known], main: String? = nil) { (readings, self.main) = (found, main) }

  /// Returns the text of a file, or of a variable given as `$NAME`. Returns nil if the newest deployment did not read it, or if a variable
  /// had several values.
  func text(_ path: String) -> String? {
    let known = readings.map { $0.text(path) }
    let isOne = !path.hasPrefix("$") || known.allSatisfy { $0 == known[0] }
    let text = isOne ? known[0]?.text : nil
    asked.withLock { asked in
      func add(_ list: inout [String]) { if !list.contains(where: { $0.isExactly(path) }) { list.append(path) } }
      if !isOne { add(&asked.differing) } else if text == nil { add(&asked.lacking) } else { add(&asked.used) }
    }
    return text
  }

  /// A warning if a copied recipe has a `deploy.lua` with a text other than this one, or none. Otherwise nil.
  func misfit(with text: String) -> Problem? {
    if main?.isExactly(text) == true { return nil }
    return Problem(
      "the deploy.lua in \(readings[0].origin) \(main == nil ? "is missing" : "differs from the one here"), so its files and variables may "
        + "be those of another project", fix: "copy a recipe that was deployed with the deploy.lua here")
  }

  /// Problems that say what a copied recipe was read for, if the project could not be read with it.
  var faults: [Problem] {
    let (used, lacking) = asked.withLock { ($0.used, $0.lacking) }
    let parts = [("it was read for", used), ("it lacks", lacking)].filter { !$1.isEmpty }.map { "\($0) \(Self.listed($1.map(Self.named)))" }
    guard !parts.isEmpty else { return [] }
    return [
      Problem(
        parts.joined(separator: ", and "), subject: readings[0].origin,
        fix: "check the copy, or make a new copy of the recipe that the hosts run now")
    ]
  }

  /// Returns the name of a file, or of a variable given as `$NAME`, for a message.
  private static func named(_ path: String) -> String {
    SafeText.line(path.hasPrefix("$") ? "the variable \(path.dropFirst())" : path)
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
      Self.named(path) + (path.hasPrefix("$") ? " (\(Self.shown(readings[0].texts[ExactText(path)] ?? "")))" : "")
    }
    return Problem(
      "deploy.lua reads \(Self.listed(names)), which \(used.count == 1 ? "is" : "are") missing here: "
        + "the text of \(readings[0].origin) is used",
      fix: "lander deploy needs \(used.count == 1 ? "it" : "them")")
  }

  /// A problem for each variable that is missing and had different values, or was set in some deployments only.
  var differing: [Problem] {
    asked.withLock { $0.differing }.map { path in
      var values: [(text: ExactText?, origin: String)] = []
      for one in readings {
        let text = one.text(path)
        if !values.contains(where: { $0.text == text }) { values.append((text, one.origin)) }
      }
      let name = path.dropFirst()
      // Two values of three may both be set, so the one that was not set comes first.
      values = values.filter { $0.text == nil } + values.filter { $0.text != nil }
      let shown = values.prefix(3).map { "\($0.text.map { Self.shown($0.text) } ?? "not set") in \($0.origin)" }.joined(separator: ", ")
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
