/// Parameters of recipes and options of plugins.
extension Vocabulary {
  static let options: [HostFunction] =
    kinds.map { word("param", $0, optional: []) } + kinds.map { word("schema", $0, optional: schemaOnly) }
    + [
      ("strings", "A list of texts.", "any"), ("amount", "A count or a share: 2 or \"25%\".", "any"),
      ("record", "A table of plain values.", "record"), ("any", "A value of any kind.", "any"), ("callback", "A function.", "function"),
    ].map { word("schema", ($0.0, $0.1, $0.2, []), optional: schemaOnly) }

  private typealias Kind = (name: String, summary: String, type: String, fields: [HostFunction.Field])

  private static let schemaOnly: [HostFunction.Field] = [.init("required", "boolean", "whether it must be given; false")]

  private static let range: [HostFunction.Field] = [
    .init("min", "number", "the least"), .init("max", "number", "the greatest"),
  ]

  private static let kinds: [Kind] = [
    ("boolean", "True or false.", "boolean", []), ("integer", "A whole number.", "integer", range),
    ("number", "A number.", "number", range),
    ("percent", "A share: \"5%\" or 5; functions get the number.", "any", []),
    ("string", "A text.", "string", [.init("match", "string", "a Lua pattern that is found in it; ^…$ describes the whole text")]),
    ("choice", "One of several texts.", "string", []), ("duration", "A time: \"90s\", \"5m\".", "any", []),
  ]

  private static func word(_ family: String, _ kind: Kind, optional: [HostFunction.Field]) -> HostFunction {
    let choices = kind.name == "choice" ? "\"a\", \"b\", " : ""
    return HostFunction(
      "\(family).\(kind.name)", .pure, .description, "{ \(choices)default = …, help = … }", kind.summary,
      example: "\(family).\(kind.name) { \(choices)help = \"…\" }",
      fields: kind.fields + optional + [.init("default", kind.type, "its value where not given"), .init("help", "string", "one sentence")])
  }
}
