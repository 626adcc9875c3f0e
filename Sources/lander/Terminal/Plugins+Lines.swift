import DeployDesk
import DeployModel
import DeployReport

extension LockedPlugin {
  /// The plugin's name and version, as data for programs.
  var nameAndVersion: Value { JSON.record([("name", .text(name)), ("version", .text(version.description))]) }
}

extension PluginChange {
  /// Returns the changes as data for programs.
  static func value(of changes: [PluginChange]) -> Value {
    let all = changes.map { change in
      JSON.record([
        ("name", .text(change.name)), ("before", change.before.map { .text($0.description) }),
        ("after", change.after.map { .text($0.description) }), ("asks", .list(change.asks.map { .text($0) })),
        ("asks_more", .list(change.more.map { .text($0) })),
      ])
    }
    return JSON.record([("changes", .list(all))])
  }

  /// What happened to the plugin, and what it asks for.
  var lines: [String] {
    let name = SafeText.line(name)
    switch (before, after) {
    case (nil, let after?):
      return ["Added \(name) \(after)."] + (asks.isEmpty ? ["  It asks for nothing."] : ["  It asks for:"] + asked + ["  " + hint])
    case (_, nil): return ["Removed \(name)."]
    case (let before?, let after?):
      let change = before == after ? "\(name) \(after) from another source or commit." : "\(name) \(before) → \(after)"
      return [change] + more.map { "  + \(SafeText.line($0))" } + (more.isEmpty ? [] : ["  " + hint])
    }
  }

  private var asked: [String] { asks.map { "  - \(SafeText.line($0))" } }

  private var hint: String {
    let list = asks.map { "\"\(SafeText.line($0))\"" }.joined(separator: ", ")
    return "Grant it in deploy.lua: allow \"\(SafeText.line(name))\" { \(list) }"
  }
}

extension VerifiedPlugin {
  /// One word that says where the plugin's files are.
  var state: String { problem != nil ? "refused" : isVendored ? "vendored" : "here" }

  var value: Value {
    JSON.record([
      ("name", .text(plugin.name)), ("version", .text(plugin.version.description)), ("source", .text(plugin.source)),
      ("commit", plugin.commit.map { .text($0) }), ("sha256", .text(plugin.sha256.hex)), ("state", .text(state)),
      ("wanted", plugin.wanted.map { .text($0.description) }), ("capabilities", .list(plugin.capabilities.map { .text($0) })),
      ("signer", signer.map { .text($0) }), ("problem", problem?.value),
    ])
  }
}

extension LonePlugin {
  /// Shows what the verification of the plugin found.
  func show(on terminal: Terminal) {
    for warning in warnings { terminal.warn(warning) }
    let asks = manifest.capabilities ?? []
    terminal.give(
      JSON.record([
        ("plugin", .text(manifest.name)), ("version", .text(manifest.version.description)), ("asks", .list(asks.map { .text($0) })),
        ("warnings", .list(warnings.map(\.value))),
      ]))
    let asked = asks.isEmpty ? "nothing" : asks.map { SafeText.line($0) }.joined(separator: ", ")
    let isFree = manifest.capabilities == nil
    let sentence = isFree ? "It may do everything, because plugin.lua lists no capabilities." : "It asks for: \(asked)."
    terminal.say("Plugin \(SafeText.line(manifest.name)) \(manifest.version) is fine. \(sentence)")
  }
}

extension RequiredPlugin {
  private var from: String { origin == .locked ? "deploy.lock" : "project or lander" }

  /// Returns a row for each capability. A plugin without capabilities has one row.
  /// - Parameter isAlone: whether there is no project that could grant capabilities.
  func rows(isAlone: Bool) -> [[String]] {
    let head = [SafeText.line(manifest.name), manifest.version.description, isAlone ? "this folder" : from]
    guard isBound else { return [head + ["says nothing", "everything"]] }
    let asks = manifest.capabilities ?? []
    guard !asks.isEmpty else { return [head + ["nothing", "nothing outside"]] }
    return asks.map { one in
      let isGranted = granted.contains(one) ? "yes" : "no: deploy.lua does not grant it"
      return head + [SafeText.line(one), isAlone ? "if a project grants it" : isGranted]
    }
  }

  var value: Value {
    JSON.record([
      ("name", .text(manifest.name)), ("version", .text(manifest.version.description)), ("origin", .text(origin.rawValue)),
      ("may_everything", .bool(!isBound)), ("asks", .list((manifest.capabilities ?? []).map { .text($0) })),
      ("granted", .list(granted.map { .text($0) })), ("license", manifest.license.map { .text($0) }), ("summary", .text(manifest.summary)),
    ])
  }
}
