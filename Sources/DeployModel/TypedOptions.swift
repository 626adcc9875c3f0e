/// The typed options of a command besides recipe and group. Commands that are printed as the next step repeat them, so that they mean the
/// same hosts, files and parameters.
package struct TypedOptions: Sendable, Hashable, Codable {
  /// Which of the options a command takes.
  package enum Part: Sendable, Hashable, CaseIterable { case hosts, revision, parameters }

  /// Names of hosts, `*` allowed, and conditions on tags such as `role=web`; empty: all hosts.
  package var only: [String]
  /// The revision; nil: the recipe's own.
  package var revision: String?
  /// Name and text.
  package var parameters: [Value.Member]

  package init(only: [String] = [], revision: String? = nil, parameters: [Value.Member] = []) {
    self.only = only
    self.revision = revision
    self.parameters = parameters
  }

  package init(_ request: DeploymentRequest) {
    self.init(only: request.only, revision: request.revision, parameters: request.parameters)
  }

  /// nil if nothing was typed.
  package var nilIfEmpty: TypedOptions? { self == TypedOptions() ? nil : self }

  /// The options as typed, with a blank before each.
  package func words(_ parts: [Part]) -> String {
    var words: [String] = []
    if parts.contains(.hosts) { words += only.map { ($0.contains("=") ? " --where " : " --only ") + $0.shellWord } }
    if parts.contains(.revision), let revision { words.append(" --revision " + revision.shellWord) }
    if parts.contains(.parameters) { words += parameters.map(Self.typed) }
    return words.joined()
  }

  /// A list with commas between its texts; nil if it cannot be typed so.
  private static func joined(_ list: [Value]) -> String? {
    let texts = list.compactMap { $0.text ?? $0.int.map(String.init) }
    guard texts.count == list.count, !texts.contains(where: { $0.isEmpty || $0.utf8.contains(UInt8(ascii: ",")) }) else { return nil }
    return texts.joined(separator: ",")
  }

  /// The option for a parameter. A long text, or a text that cannot be printed unchanged, is left for the person to fill in.
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
  /// The arguments after `lander deploy`, `lander rollback` and so on for the hosts of this plan: recipe, group and typed options.
  package func typed(_ parts: [TypedOptions.Part] = [.hosts]) -> String {
    subject.recipe + subject.groupName.option + (subject.typed?.words(parts) ?? "")
  }
}
