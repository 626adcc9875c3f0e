import DeployLua
import DeployModel
import DeployReport

/// The page about a plugin: its manifest, its options and its README.
struct PluginPage {
  private let manifest: PluginManifest
  private let readme: [String]
  private let options: [ReferenceEntry]

  /// - Returns: nil if neither the project nor Lander has a plugin of this name.
  /// - Throws: an error that says what is wrong with the plugin's manifest.
  init?(_ name: String, in folder: String, state: String) throws {
    guard LockedPlugin.isName(name) else { return nil }
    let read = try ProjectSources(folder, state: state).read
    guard let text = try read("plugins/\(name)/plugin.lua") else { return nil }
    manifest = try ManifestText.read(text, path: "plugins/\(name)/plugin.lua")
    readme = SafeText.lines(try read("plugins/\(name)/README.md") ?? "")
    // If a plugin's code cannot be read, its page has no options.
    options = ((try? Vocabulary(reading: [name], read: read)).map { ReferenceIndex($0).options(of: name) }) ?? []
  }

  var lines: [String] {
    var lines = ["\(SafeText.line(manifest.name)) \(manifest.version)"]
    if !manifest.summary.isEmpty { lines.append(SafeText.line(manifest.summary)) }
    if let license = manifest.license { lines.append("Licence: \(SafeText.line(license))") }
    lines.append("API: \(manifest.api)")
    lines.append("Asks for: \(asks)")
    if !manifest.dependencies.isEmpty { lines.append("Requires: \(manifest.dependencies.map(\.name).joined(separator: ", "))") }
    for one in options { lines += [""] + one.lines.map { SafeText.line($0) } }
    return readme.isEmpty ? lines : lines + [""] + readme
  }

  private var asks: String {
    guard let asked = manifest.capabilities else { return "everything: it does not say" }
    return asked.isEmpty ? "nothing" : SafeText.line(asked.joined(separator: ", "))
  }

  var value: Value {
    let asked: Value? = manifest.capabilities.map { list in .list(list.map { .text($0) }) }
    return JSON.record([
      ("kind", .text("plugin")), ("name", .text(manifest.name)), ("version", .text("\(manifest.version)")),
      ("summary", .text(manifest.summary)), ("license", manifest.license.map { .text($0) }), ("api", .int(manifest.api)),
      ("capabilities", asked), ("dependencies", .list(manifest.dependencies.map { .text($0.name) })),
      ("options", .list(options.map(\.value))), ("readme", .text(readme.joined(separator: "\n"))),
    ])
  }
}
