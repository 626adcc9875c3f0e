package import DeployModel

/// The Lua part of the runtime, embedded in the program so that it is there from any folder.
package enum Prelude {
  /// In the order in which the files are read.
  package static let files: [SourceFile] = [
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
    let found = order.compactMap { path in sources.first { $0.path == path } }
    let isWhole = first.allSatisfy { name in found.contains { $0.path == "prelude/\(name).lua" } }
    guard isWhole, found.count == sources.count(where: holds), protocolLine(found) == protocolLine(files) else { return files }
    return found
  }

  /// The first line of `words.lua`: what the two sides of the boundary have agreed on.
  private static func protocolLine(_ files: [SourceFile]) -> Substring? { files.first?.text.split(separator: "\n").first }
}
