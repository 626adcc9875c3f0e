package import DeployModel

/// The Lua part of the runtime, embedded in the program so that it is there from any folder.
package enum Prelude {
  /// In the order in which the files are read.
  package static let files: [SourceFile] = [own[0], Vocabulary.file] + own.dropFirst()

  private static let own: [SourceFile] = [
    ("words", PackageResources.words_lua), ("rehearsal", PackageResources.rehearsal_lua), ("types", PackageResources.types_lua),
    ("schema", PackageResources.schema_lua), ("addresses", PackageResources.addresses_lua), ("describe", PackageResources.describe_lua),
    ("bases", PackageResources.bases_lua), ("project", PackageResources.project_lua), ("hosts", PackageResources.hosts_lua),
    ("sets", PackageResources.sets_lua), ("flow", PackageResources.flow_lua), ("deployment", PackageResources.deployment_lua),
    ("load", PackageResources.load_lua),
  ].map { SourceFile(path: "prelude/\($0.0).lua", text: String(decoding: $0.1, as: UTF8.self)) }

  /// Whether a source is one of these, by its path.
  package static func holds(_ file: SourceFile) -> Bool { file.path.hasPrefix("prelude/") }

  /// Files that every prelude has had; later ones have more.
  private static let first = ["words", "types", "schema", "describe", "project", "hosts", "flow", "deployment", "load"]

  /// The prelude among pinned sources, in order; ours if they have none or one for another engine.
  package static func pinned(in sources: [SourceFile]) -> [SourceFile] {
    let order = files.map(\.path)
    let found = order.compactMap { path in sources.first { $0.path.isExactly(path) } }
    let isWhole = first.allSatisfy { name in found.contains { $0.path == "prelude/\(name).lua" } }
    guard isWhole, found.count == sources.count(where: holds), protocolLine(found) == protocolLine(files) else { return files }
    return found
  }

  /// Why this engine cannot continue what another one began with these sources; nil if it can. The functions of a deployment have the
  /// numbers that its own prelude gave them, so no other prelude may read its sources.
  /// - Parameter engine: the version that began it.
  package static func refusal(of sources: [SourceFile], for deployment: Deployment.ID, begunBy engine: String) -> Problem? {
    let kept = sources.filter(holds)
    guard let words = kept.first(where: { $0.path == "prelude/words.lua" }) else { return nil }
    let reason: String
    if !pinned(in: sources).contains(where: { $0.path.isExactly(words.path) && $0.text.isExactly(words.text) }) {
      reason = "the language of its recipes is another one (\(name([words])), and here \(name(files)))"
    } else if let type = missing(in: kept) {
      reason = "its recipes do not know what \"\(type)\" is, which is newer"
    } else {
      return nil
    }
    return Problem(
      "deployment \(deployment) was begun by lander \(engine), and this lander cannot continue it: \(reason)",
      fix: "lander resume \(deployment) or lander cancel \(deployment) with lander \(engine)\nlander rollback with this one takes hosts "
        + "back from what they remember, after lander unlock")
  }

  /// `protocol 2`
  private static func name(_ files: [SourceFile]) -> String { String((protocolLine(files) ?? "unknown").drop { $0 == "-" || $0 == " " }) }

  /// A type of our vocabulary that a kept prelude without a vocabulary of its own does not have; nil if it has all of them.
  private static func missing(in kept: [SourceFile]) -> String? {
    if kept.contains(where: { $0.path == Vocabulary.path }) { return nil }
    return Vocabulary.types.first { type in
      !kept.contains { $0.text.contains("types.\(type) =") || $0.text.contains("plain(\"\(type)\"") }
    }
  }

  /// The first line of `words.lua`: what the two sides of the boundary have agreed on.
  private static func protocolLine(_ files: [SourceFile]) -> Substring? { files.first?.text.fullLines.first }
}
