import DeployModel

/// The options that a strategy, recipe or plugin declares with `schema`.
package struct OptionSchema: Sendable, Hashable {
  package struct Option: Sendable, Hashable {
    package var name: String
    /// The kind, as in `schema.KIND`.
    package var kind: String
    /// The strings that an option of the kind `choice` accepts.
    package var choices: [String]
    /// A description of the values that the option accepts.
    package var takes: String
    package var summary: String
    package var isRequired: Bool
    /// The default, written in Lua, or nil if the option has none.
    package var fallback: String?
    /// What to use instead, such as "use `url`", or nil if the option is not deprecated.
    package var deprecated: String?
  }

  package var name: String
  /// The file with the declaration, or empty if it is unknown.
  package var file: String
  /// The options, in the order of their names.
  package var options: [Option]

  init?(_ value: Value) {
    guard let name = value["name"]?.text else { return nil }
    self.name = name
    file = value["file"]?.text ?? ""
    options = (value["options"]?.list ?? []).map { one in
      Option(
        name: one["name"]?.text ?? "", kind: one["type"]?.text ?? "", choices: (one["choices"]?.list ?? []).compactMap(\.text),
        takes: one["takes"]?.text ?? "", summary: one["summary"]?.text ?? "", isRequired: one["required"]?.bool ?? false,
        fallback: one["default"]?.text, deprecated: one["deprecated"]?.text)
    }
  }

  /// The name by which `require` finds the file, such as `recipes.strategies.canary` or `haproxy`.
  package var module: String {
    let parts = file.split(separator: "/").map(String.init)
    if parts.first == "plugins", parts.count > 1 { return parts[1] }
    return parts.joined(separator: ".").replacing(".lua", with: "")
  }
}
