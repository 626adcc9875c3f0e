import Foundation

/// A checker for the part of JSON Schema that the files in `docs/schemas` use: type, const, enum, required, properties,
/// additionalProperties, items, minimum, maximum, anyOf, and `$ref` to `$defs` of the file itself. Any other keyword in a schema counts as
/// a mistake.
package struct Schema {
  private let root: Node

  private static let known: Set = [
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "const", "enum", "required", "properties", "additionalProperties",
    "items", "minimum", "maximum", "anyOf",
  ]

  /// Reads a schema file of the checkout.
  package init(_ path: String) throws {
    let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    root = try Node(String(contentsOf: checkout.appending(path: path), encoding: .utf8))
  }

  /// Returns whether the file has a definition of this name.
  package func defines(_ name: String) -> Bool { root["$defs"]?[name] != nil }

  /// Returns what in a document does not fit, each with its place; empty: the document fits.
  /// - Parameter definition: the name of a definition in `$defs`; nil: the schema of the whole file.
  package func faults(of document: Node, as definition: String? = nil) -> [String] {
    guard let schema = definition.map({ root["$defs"]?[$0] }) ?? root else { return ["there is no definition \(definition ?? "")"] }
    return faults(document, schema, "$")
  }

  private func faults(_ node: Node, _ schema: Node, _ place: String) -> [String] {
    if case .bool(let isAllowed) = schema { return isAllowed ? [] : ["\(place) is not allowed"] }
    guard case .record(let rules) = schema else { return ["\(place): the schema is no object"] }
    var faults = rules.keys.filter { !Self.known.contains($0) }.map { "\(place): the schema has the unknown word \($0)" }
    if let name = rules["$ref"]?.text {
      guard name.hasPrefix("#/$defs/"), let target = root["$defs"]?[String(name.dropFirst(8))] else { return ["\(place): no \(name)"] }
      faults += self.faults(node, target, place)
    }
    let types = rules["type"].map { $0.text.map { [$0] } ?? $0.list.compactMap(\.text) } ?? []
    if !types.isEmpty, !node.types.contains(where: types.contains) {
      faults.append("\(place) is \(node.types[0]), and not \(types.joined(separator: " or "))")
    }
    if let value = rules["const"], value != node { faults.append("\(place) is \(node), and not \(value)") }
    if let values = rules["enum"]?.list, !values.contains(node) { faults.append("\(place) is \(node), which is none of the enum") }
    if let least = rules["minimum"]?.int, let int = node.int, int < least { faults.append("\(place) is \(int), less than \(least)") }
    if let most = rules["maximum"]?.int, let int = node.int, int > most { faults.append("\(place) is \(int), more than \(most)") }
    if let choices = rules["anyOf"]?.list {
      let all = choices.map { self.faults(node, $0, place) }
      if !all.contains(where: \.isEmpty) { faults += ["\(place) fits no choice:"] + all.flatMap { $0 } }
    }
    if case .record(let members) = node { faults += self.faults(members, rules, place) }
    if case .list(let elements) = node, let items = rules["items"] {
      faults += elements.enumerated().flatMap { self.faults($1, items, "\(place)[\($0)]") }
    }
    return faults
  }

  private func faults(_ members: [String: Node], _ rules: [String: Node], _ place: String) -> [String] {
    var faults = (rules["required"]?.list ?? []).compactMap(\.text).filter { members[$0] == nil }.map { "\(place) lacks \($0)" }
    for (name, value) in members {
      if let rule = rules["properties"]?[name] {
        faults += self.faults(value, rule, "\(place).\(name)")
      } else if let rule = rules["additionalProperties"] {
        faults += self.faults(value, rule, "\(place).\(name)")
      }
    }
    return faults
  }
}
