/// One word of the recipe language: what it takes and what it is for. Argument checks, the editor stub and the reference pages
/// are made from these, so they cannot disagree.
package struct HostFunction: Sendable, Hashable {
  package enum Nature: String, Sendable, Hashable {
    /// Reaches nothing.
    case pure
    /// Reads from a host; may be asked again.
    case probe
    /// Changes something; at most once.
    case effect
  }
  package enum Phase: String, Sendable, Hashable { case description, run, both }

  /// A named field of its table, or a positional argument.
  package struct Field: Sendable, Hashable {
    package var name: String
    /// A type's name in `types.lua`; texts with `|` between are the texts it may be.
    package var type: String
    package var required: Bool
    package var summary: String
    package init(_ name: String, _ type: String, required: Bool = false, _ summary: String) {
      self.name = name
      self.type = type
      self.required = required
      self.summary = summary
    }
  }

  /// As a recipe writes it: `host:run`, `recipe`, `stage.rollout`.
  package var name: String
  package var nature: Nature
  package var phase: Phase
  /// What stands in the parentheses, as text for people.
  package var signature: String
  /// Of the table it takes.
  package var fields: [Field]
  /// The API level that brought it.
  package var since: Int
  /// One sentence.
  package var summary: String
  package var example: String

  package init(
    _ name: String, _ nature: Nature, _ phase: Phase, _ signature: String, _ summary: String, example: String, fields: [Field] = [],
    since: Int = 1
  ) {
    self.name = name
    self.nature = nature
    self.phase = phase
    self.signature = signature
    self.summary = summary
    self.example = example
    self.fields = fields
    self.since = since
  }
}
