package import DeployModel

/// The commands that a CI system recognises in a job's output. They make sections that can be folded, and mark errors. All other text goes
/// through `SafeText`, so the CI system never mistakes a host's output for a command.
package struct CIDialect: Sendable, Hashable {
  package let kind: CISystem.Kind

  /// - Returns: the commands, or nil if the CI system has none.
  package init?(_ kind: CISystem.Kind) {
    switch kind {
    case .github, .gitlab, .azure, .travis, .buildkite: self.kind = kind
    case .jenkins, .circleci: return nil
    }
  }

  /// Returns the text that opens a section.
  /// - Parameter name: a name that consists of a-z, 0-9 and `_` and that no other section has.
  func open(_ name: String, _ title: String, at moment: Timestamp) -> String {
    let title = SafeText.line(title)
    return switch kind {
    case .github: "::group::\(Self.data(title))\n"
    case .azure: "##[group]\(title)\n"
    case .gitlab: "\u{1B}[0Ksection_start:\(moment.milliseconds / 1000):\(name)\r\u{1B}[0K\(title)\n"
    case .travis: "travis_fold:start:\(name)\r\u{1B}[0K\(title)\n"
    default: "--- \(title)\n"
    }
  }

  /// Returns the text that closes a section, or empty if the next section closes it.
  func close(_ name: String, at moment: Timestamp) -> String {
    switch kind {
    case .github: "::endgroup::\n"
    case .azure: "##[endgroup]\n"
    case .gitlab: "\u{1B}[0Ksection_end:\(moment.milliseconds / 1000):\(name)\r\u{1B}[0K\n"
    case .travis: "travis_fold:end:\(name)\r\u{1B}[0K\n"
    // The next section closes this one.
    default: ""
    }
  }

  /// Returns one line for each annotation. There are none if the CI system has no command for annotations.
  /// - Parameter folder: the project's folder, relative to the top of the checkout. It is empty for the top itself.
  package func lines(_ annotations: [Annotation], in folder: String) -> [String] {
    switch kind {
    case .github: annotations.map { github($0, folder) }
    case .azure: annotations.map { azure($0, folder) }
    default: []
    }
  }

  private func github(_ one: Annotation, _ folder: String) -> String {
    var properties: [String] = []
    if let place = one.place {
      properties += ["file=\(Self.property(path(place, folder)))", "line=\(place.line)"]
    }
    properties.append("title=\(Self.property(SafeText.line(one.title)))")
    let word = one.isError ? "error" : "notice"
    return "::\(word) \(properties.joined(separator: ","))::\(Self.data(SafeText.line(one.message)))"
  }

  private func azure(_ one: Annotation, _ folder: String) -> String {
    let place = one.place.map { ";sourcepath=\(Self.member(path($0, folder)));linenumber=\($0.line)" } ?? ""
    let kind = one.isError ? "error" : "warning"
    return "##vso[task.logissue type=\(kind)\(place)]\(Self.data(SafeText.line("\(one.title): \(one.message)")))"
  }

  private func path(_ place: SourcePlace, _ folder: String) -> String {
    SafeText.line(folder.isEmpty ? place.file : "\(folder)/\(place.file)")
  }

  /// Escapes the message in a command. A `%`, and every character that ends a line, becomes `%` and two hexadecimal digits.
  static func data(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  /// Escapes a property in a command, where `:` and `,` have a special meaning too.
  static func property(_ text: String) -> String { data(text).replacing(":", with: "%3A").replacing(",", with: "%2C") }

  private static func member(_ text: String) -> String {
    text.replacing("%", with: "%AZP25").replacing(";", with: "%3B").replacing("]", with: "%5D").replacing("\r", with: "%0D")
      .replacing("\n", with: "%0A")
  }
}
