/// The name of a deployment group, in the forms that sentences and commands need. Hosts that the recipe itself declares form a group whose
/// name is empty and is never shown.
package struct GroupName: Sendable, Hashable {
  private let name: String
  package init(_ name: String) { self.name = name }

  /// The name in the form that follows *to* or *on*, and that a table column shows.
  package var words: String { name.isEmpty ? "its own hosts" : name }
  /// The name in the form that fits the middle of a sentence.
  package var noun: String { name.isEmpty ? "the recipe's own hosts" : "group \"\(name)\"" }
  /// The option for a command that takes a recipe, with a leading space, or empty if the command needs no group.
  package var option: String { name.isEmpty ? "" : " --group \(name)" }
  /// The argument for a command that takes a group, with a leading space, or empty if the group has no name.
  package var argument: String { name.isEmpty ? "" : " \(name)" }
  /// The argument for a command that takes a group, or the option `--recipe` if the group has no name, with a leading space.
  package func argument(of recipe: String) -> String { name.isEmpty ? " --recipe \(recipe)" : argument }
}

extension Plan.Subject {
  package var groupName: GroupName { GroupName(group) }
}
