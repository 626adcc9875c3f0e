/// The options that a person typed in addition to the recipe and the group. Commands that Lander suggests as the next step repeat these
/// options, so that the suggested commands apply to the same hosts, revision and parameters.
package struct TypedOptions: Sendable, Hashable, Codable {
  /// The kinds of options that a command can take.
  package enum Part: Sendable, Hashable, CaseIterable { case hosts, revision, parameters }

  /// Names of hosts, which can contain `*`, and conditions on tags such as `role=web`. An empty list means all hosts.
  package var only: [String]
  /// The revision, or nil for the revision that the recipe states.
  package var revision: String?
  /// The parameters, as name and value.
  package var parameters: [Value.Member]

  package init(only: [String] = [], revision: String? = nil, parameters: [Value.Member] = []) {
    self.only = only
    self.revision = revision
    self.parameters = parameters
  }

  package init(_ request: DeploymentRequest) {
    self.init(only: request.only, revision: request.revision, parameters: request.parameters)
  }

  /// This value, or nil if nothing was typed.
  package var nilIfEmpty: TypedOptions? { self == TypedOptions() ? nil : self }

  /// Returns the typed options of these kinds, each preceded by a space.
  package func words(_ parts: [Part]) -> String {
    var words: [String] = []
    if parts.contains(.hosts) { words += only.map { ($0.contains("=") ? " --where " : " --only ") + $0.shellWord } }
    if parts.contains(.revision), let revision { words.append(" --revision " + revision.shellWord) }
    if parts.contains(.parameters) { words += parameters.map(Self.typed) }
    return words.joined()
  }

  /// A list of strings with commas between them, or nil if the list cannot be typed in this way.
  private static func joined(_ list: [Value]) -> String? {
    let texts = list.compactMap { $0.text ?? $0.int.map(String.init) }
    guard texts.count == list.count, !texts.contains(where: { $0.isEmpty || $0.utf8.contains(UInt8(ascii: ",")) }) else { return nil }
    return texts.joined(separator: ",")
  }

  /// Returns the option for a parameter. A value that is long or cannot be printed unchanged becomes `…`, for the person to fill in.
  private static func typed(_ parameter: Value.Member) -> String {
    let known: String? =
      switch parameter.value {
      case .int(let number): "\(number)"
      case .number(let number): "\(number)"
      case .bool(let bool): "\(bool)"
      case .list(let list): Self.joined(list)
      default: parameter.value.text
      }
    guard let text = known, text.utf8.count <= 80, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      return " --\(parameter.name) …"
    }
    return " --\(parameter.name)=\(text.shellWord)"
  }
}

extension Plan {
  /// Returns the arguments of `lander deploy`, `lander rollback` and similar commands for this plan: the recipe, the group and the typed
  /// options of these kinds.
  package func typed(_ parts: [TypedOptions.Part] = [.hosts]) -> String {
    subject.recipe + subject.groupName.option + (subject.typed?.words(parts) ?? "")
  }
}
