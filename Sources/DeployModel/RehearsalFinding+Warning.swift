extension RehearsalFinding {
  /// The finding as a warning that names the function: something might go wrong there, or the rehearsal could not see everything.
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
  /// The strategy, as a rehearsal's findings name it.
  package var part: String { "strategy \(name)" }
}
