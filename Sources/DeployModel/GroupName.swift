/// How the name of a deployment group is said and typed. Hosts that a recipe names itself are a group with an empty name, which nobody
/// can read or type.
package struct GroupName: Sendable, Hashable {
  private let name: String
  package init(_ name: String) { self.name = name }

  /// After *to* and *on*, and in a column.
  package var words: String { name.isEmpty ? "its own hosts" : name }
  /// In the middle of a sentence.
  package var noun: String { name.isEmpty ? "the recipe's own hosts" : "group \"\(name)\"" }
  /// After a command with a recipe, with a leading blank; empty if the recipe alone says it.
  package var option: String { name.isEmpty ? "" : " --group \(name)" }
  /// After a command that takes a group and no recipe, with a leading blank; empty if no group can be named.
  package var argument: String { name.isEmpty ? "" : " \(name)" }
  /// After a command that takes a group, or else a recipe as an option.
  package func argument(of recipe: String) -> String { name.isEmpty ? " --recipe \(recipe)" : argument }
}

extension Plan.Subject {
  package var groupName: GroupName { GroupName(group) }
}
