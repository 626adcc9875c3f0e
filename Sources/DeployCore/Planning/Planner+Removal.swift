import DeployModel

/// Plans removals, after which hosts run nothing.
extension Planner {
  /// Returns the plan of a removal.
  /// - Throws: an error that lists every reason why the application cannot be removed. Planning changes nothing.
  static func removal(_ removal: Removal, _ input: Input, by identity: Identity) throws(Problems) -> Plan {
    let selection = input.selection
    try Slots.refuseHalves(selection)
    var bounds = try Bounds(selection, away: input.surveys.count(where: \.isAway), waves: input.waves, others: input.others)
    (bounds.floor, bounds.unreachable, bounds.neighbours) = (0, 0, nil)
    try refuseAway(input, bounds)
    let partners = try Partners.found(selection.partners, input.partners)
    do throws(Problems) { try Obstacles.refuse(input.surveys, selection, besides: foreign(input)) } catch {
      throw Problems(error.list.map { gone($0, input) }, exit: .refused)
    }
    let history = GroupHistory(input.surveys)
    let hosts = zip(selection.hosts, input.surveys).map { host, survey in
      var step = bare(host, survey, history, in: input) { _ in nil }
      if case .reached(let state) = survey, state.isUntouched { step.action = .unchanged }
      return step
    }
    return bare(.remove(removal), input, hosts, partners, bounds, known: newest(of: hosts), by: identity)
  }

  /// Refuses unreachable hosts, because they would keep the application. The message proposes `--only` with the other hosts.
  private static func refuseAway(_ input: Input, _ bounds: Bounds) throws(Problems) {
    do { try refuseUnreachable(input.surveys, input.selection, bounds) } catch {
      let there = Slots.machines(
        zip(input.selection.hosts, input.surveys).filter { if case .reached = $0.1 { true } else { false } }.map(\.0))
      guard !there.isEmpty, there.count <= 8 else { throw error }
      let group = GroupName(input.selection.group).option
      let command =
        "lander remove \(input.selection.recipe.name)\(group)" + there.map { " --only \($0)" }.joined()
        + (input.selection.recipe.removal?.options ?? "")
      let others = Problem(
        "nothing was removed anywhere", fix: "\(command) takes it off the others; what is unreachable keeps it until it is back")
      throw Problems(error.list + [others], exit: error.exit)
    }
  }

  /// Returns the problem without its advice on how to keep what exists at `current`, because nothing will be deployed there again.
  private static func gone(_ problem: Problem, _ input: Input) -> Problem {
    let found = zip(input.selection.hosts, input.surveys).first { host, survey in
      guard case .reached(let state) = survey, let strange = state.strange, problem.subject == host.name else { return false }
      return strange.problem(at: host.place(input.selection.recipe.placement.path))?.message == problem.message
    }
    guard let (host, _) = found else { return problem }
    let path = host.place(input.selection.recipe.placement.path)
    var problem = problem
    problem.fix = "see whose it is; if it is not needed there, on the host: mv \(path)/current \(path)/current.before"
    return problem
  }

  /// Returns a problem for each `current` link that Lander did not create: another tool or a person runs an application there.
  private static func foreign(_ input: Input) -> [Problem] {
    zip(input.selection.hosts, input.surveys).compactMap { host, survey in
      guard case .reached(let state) = survey, case .link(let text)? = state.strange else { return nil }
      let path = host.place(input.selection.recipe.placement.path)
      return Problem(
        "\(path)/current leads to \(text), which lander did not make, and it is left alone", subject: host.name,
        fix: "see who made it; if nobody needs it, on the host: rm \(path)/current")
    }
  }
}

extension HostState {
  /// Whether the host never had a deployment.
  fileprivate var isUntouched: Bool { fence == 0 && current == nil && receipt == nil && releases.isEmpty }
}
