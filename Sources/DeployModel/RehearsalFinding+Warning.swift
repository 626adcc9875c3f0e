extension RehearsalFinding {
  /// A warning about what may go wrong or was not seen, with its function.
  package var warning: Problem {
    var warning = problem
    if !problem.message.contains(part) {
      warning.message = isEnd ? "\(part) was not seen beyond this line: \(problem.message)" : "\(part) may fail here: \(problem.message)"
    }
    if isEnd { warning.fix = warning.fix ?? "say what a rehearsal is answered: host:run(\"…\", { rehearse = \"…\" })" }
    return warning
  }
}

extension Strategy {
  /// As a rehearsal's findings name it.
  package var part: String { "strategy \(name)" }
}
