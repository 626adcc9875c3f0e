package import DeployModel

extension Problem {
  /// Returns the problem as lines, such as `deploy.lua:31: message` and `  → fix` on the next line.
  package func lines(on surface: Surface = Surface()) -> [String] {
    let whereabouts = [place?.description, isNamed ? nil : subject].compactMap { $0 }
    let head = whereabouts.map { surface.paint(SafeText.line($0) + ":", .strong) + " " }.joined()
    let text = SafeText.lines(message)
    var lines = [head + (text.first ?? "")] + text.dropFirst().map { "  " + $0 }
    if let fix {
      lines += SafeText.lines(fix).enumerated().map { $0 == 0 ? "  → \($1)" : "    \($1)" }
    }
    return lines
  }

  /// The problem as data for programs.
  package var value: Value {
    JSON.record([
      ("message", .text(message)), ("place", place.map { .text($0.description) }), ("subject", subject.map { .text($0) }),
      ("fix", fix.map { .text($0) }),
    ])
  }
}

extension Problem {
  /// Whether the message itself already contains its subject: in quotes, or as a path or the name of a variable.
  private var isNamed: Bool {
    guard let subject else { return false }
    if place != nil, message.contains("\"\(subject)\"") { return true }
    return subject.contains { $0 == "/" || $0 == "_" } && message.contains(subject)
  }
}

extension Problems {
  /// Returns all problems, sorted by their places. Equal problems are printed once.
  package func lines(on surface: Surface = Surface()) -> [String] {
    var seen: Set<Problem> = []
    let ordered = list.enumerated().sorted { a, b in
      guard let first = a.element.place, let second = b.element.place, first.file == second.file,
        first.line != second.line
      else {
        return a.offset < b.offset
      }
      return first.line < second.line
    }
    let distinct = ordered.map(\.element).filter { seen.insert($0).inserted }
    let lines = distinct.flatMap { $0.lines(on: surface) }
    if let done { return lines + ["", "\(distinct.count.of("problem")); \(done)."] }
    return distinct.count > 1
      ? lines + ["", "\(distinct.count.of("problem")); nothing was started."] : lines
  }
}
