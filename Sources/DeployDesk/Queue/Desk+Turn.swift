import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Waits in the queue for a deployment's turn, and then plans the deployment. In this way, the plan starts from the result of earlier
  /// deployments.
  /// - Parameters:
  ///   - urgent: the reason given with `--urgent`, or nil if the deployment is not urgent. An urgent deployment goes ahead of all waiting
  ///     deployments, and it cancels a deployment that holds the hosts while it waits for a person.
  ///   - until: when the deployment stops waiting in the queue. If nil, it waits from now for as long as `busy` says.
  ///   - origin: the origin of the revision, or nil if it has to be looked up.
  /// - Throws: `Problems`. They have the exit code `locked` if this deployment waited too long in the queue, or if a newer one superseded
  ///   it.
  package func planInTurn(
    _ asked: Asked, of project: LoadedProject, _ busy: WhenBusy, urgent: String? = nil, until: Timestamp? = nil,
    from origin: Provenance? = nil
  ) async throws -> PlannedDeployment {
    if asked.unclear.isEmpty, let recipe = try? Selection.recipe(asked.request.recipe, in: project.project) {
      try refuseFrozen(try freeze(of: recipe, override: asked.request.freezeOverride))
    }
    do {
      let turn = try await turn(asked, of: project, busy, urgent, until)
      let planned = try await plan(asked, of: project, ticket: turn?.ticket.token, endsLate: true, from: origin)
      try refuseFrozen(planned.plan.flow.freeze)
      return planned
    } catch {
      await line.leave()
      throw error
    }
  }

  /// Waits in the queue until no other deployment is in the way.
  /// - Returns: the deployment's place, or nil if it does not wait in a queue.
  private func turn(
    _ asked: Asked, of project: LoadedProject, _ busy: WhenBusy, _ urgent: String?, _ until: Timestamp?
  ) async throws -> Turn? {
    guard busy.bound != nil else { return nil }
    let selection = try await Selecting(project: project, stage: stage).selection(asked)
    return try await turn(asked.request, selection, busy, urgent, until) { _ = try await plan(asked, of: project) }
  }

  /// Waits in the queue for these hosts.
  /// - Parameter tries: throws if an urgent deployment could not begin. In that case, no other deployment is cancelled for the urgent one.
  func turn(
    _ request: DeploymentRequest, _ selection: Selection, _ busy: WhenBusy, _ urgent: String?, _ until: Timestamp?,
    tries: () async throws -> Void
  ) async throws -> Turn? {
    guard let bound = busy.bound else { return nil }
    let turn = await place(request, selection, busy, isUrgent: urgent != nil)
    let until = until ?? now + bound
    var (told, ended): (LineStanding?, [Deployment.ID]) = (nil, [])
    while let standing = try await inTheWay(of: turn, selection, until) {
      if told.map({ !$0.saysTheSame(as: standing) || standing.now - $0.now >= .minutes(1) }) ?? true {
        tell(.standing(standing))
        told = standing
      }
      if standing.awaited?.isSomething == true, try await endLate(await survey(selection).parked) { continue }
      if let urgent, let holder = standing.holder, let awaited = standing.awaited, awaited.isSomething, !ended.contains(holder.deployment) {
        try await tries()
        ended.append(holder.deployment)
        await end(holder, at: awaited, urgent, selection)
      }
      guard now < until else {
        throw Problems(Problem("waited \(bound) for \(standing.obstacle)", subject: standing.host, fix: standing.fix), exit: .locked)
      }
      let pause = Interval.seconds(min(10, 2 + standing.ahead.count))
      await ports.clock.sleep(min(pause, max(until - now, Interval(milliseconds: 1))))
      try Task.checkCancellation()
    }
    await turn?.keep()
    return turn
  }

  /// Takes a place in the queue on one host: the first one, in the order of names, that can be reached. This host decides which of the
  /// deployments that want the same hosts comes first.
  /// - Returns: the place, or nil if no host accepts it. Without a place, the deployment still waits, and the planning reports what is
  ///   wrong with the host.
  private func place(_ request: DeploymentRequest, _ selection: Selection, _ busy: WhenBusy, isUrgent: Bool) async -> Turn? {
    let recipe = selection.recipe
    let hosts = selection.hosts.sorted { ($0.name, $0.number) < ($1.name, $1.number) }
    let owner = provenance(request.said).nilIfEmpty?.actor(over: ports.actor) ?? ports.actor
    var ticket = Ticket(
      token: line.token ?? stage.identity().id.rawValue, manner: busy.manner, isUrgent: isUrgent,
      lane: Self.lane([recipe.name, selection.group] + hosts.map(\.name)), sequence: request.sequence, owner: owner,
      purpose: recipe.purpose(on: selection.group), since: now,
      lease: lineLease)
    ticket.revision = request.revision.flatMap { $0.hasPrefix("bundle:") ? Digest(hex: String($0.dropFirst(7))) : nil }
    for host in hosts {
      let turn = Turn(ticket, on: host, at: recipe.placement.path, by: self)
      do {
        _ = try await turn.ask()
        line.take(turn)
        return turn
      } catch {
        guard error.kind != .unreachable else { continue }
        tell(.warning(Problem("no place in the queue, so others may come first: \(error.message)", subject: host.name, fix: error.fix)))
        return nil
      }
    }
    return nil
  }

  /// Joins names into one word that is the same on every machine.
  private static func lane(_ names: [String]) -> String {
    String(Fingerprint(of: names.joined(separator: "\0").utf8).number, radix: 16)
  }

  /// Returns what keeps this deployment from beginning, or nil if nothing does.
  /// - Throws: if a newer deployment superseded this one.
  private func inTheWay(of turn: Turn?, _ selection: Selection, _ until: Timestamp) async throws -> LineStanding? {
    guard let turn else { return try await lockedOut(of: selection.hosts, selection, until) }
    let first = turn.host.name
    let place: LinePlace
    do { place = try await turn.ask() } catch {
      // The host is unreachable at the moment, so the queue is unknown until the host answers again.
      if error.kind == .unreachable { return LineStanding(host: first, ahead: [], now: now, until: until) }
      throw error
    }
    if let newer = place.superseded {
      throw Problems(
        Problem(
          "superseded by a newer deployment that waits: \(newer.purpose), by \(newer.owner)", subject: first,
          fix: "nothing, if that one brings what is wanted; --on-busy wait is never superseded"),
        exit: .locked)
    }
    let holder = try await living(place.holder)
    if holder != nil || !place.ahead.isEmpty {
      return LineStanding(
        host: first, holder: holder, awaited: holder == nil ? nil : place.awaited, ahead: place.ahead, now: now, until: until)
    }
    return try await lockedOut(of: selection.hosts.filter { $0.name != first }, selection, until)
  }

  /// Returns the first of these hosts that is locked, or nil if none is locked.
  private func lockedOut(of hosts: [Host], _ selection: Selection, _ until: Timestamp) async throws -> LineStanding? {
    guard !hosts.isEmpty else { return nil }
    for (host, survey) in await survey(selection).named where hosts.contains(where: { $0.number == host.number }) {
      guard case .reached(let state) = survey, let holder = try await living(state.lock) else { continue }
      let awaited = (try? await self.hosts.awaited(by: holder.deployment, on: host, at: selection.recipe.placement.path)) ?? nil
      return LineStanding(host: host.name, holder: holder, awaited: awaited, ahead: [], now: now, until: until)
    }
    return nil
  }

  /// Returns the lock if its holder might be alive. Returns nil if there is no lock, or if its holder is known to be dead. Dead holders are
  /// handled during planning.
  private func living(_ lock: Lock?) async throws -> Lock? {
    guard let lock, lock.leaseLeft > 0 else { return nil }
    return try await deadHolder(of: lock) == nil ? lock : nil
  }
}
