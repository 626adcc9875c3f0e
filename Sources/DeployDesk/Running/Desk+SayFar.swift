package import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Sends a message to a deployment whose engine runs on another machine. The message is left on hosts that the deployment has locked, and
  /// the engine reads it when it renews a lock. This function waits for the engine's answer.
  /// - Parameters:
  ///   - word: the deployment's id, the beginning of the id, or the part after the id's last `-`.
  ///   - sign: the function that signs an approval, or nil if the approval is not signed.
  ///   - selections: the hosts that might have the deployment's locks.
  ///   - patience: how long to wait for the answer. The default is long enough for several renewals of a lock.
  /// - Throws: if the deployment has locked none of these hosts, or no host takes the message.
  package func say(
    _ kind: Message.Kind, gate: String? = nil, comment: String = "", signing sign: Signing? = nil, toFar word: String,
    on selections: [Selection],
    patience: Interval = .seconds(75)
  ) async throws -> Reception {
    var message = Message(id: stage.identity().id.rawValue, kind, gate: gate, by: ports.actor, comment: comment, at: now)
    if let fault = message.fault { throw Problems(Problem("the message \(fault)", fix: "say it in one short line")) }
    let (deployment, places) = try await locked(by: word, on: selections)
    if kind.isForSomething, let awaited = await awaited(by: deployment, on: places) { message.means(awaited) }
    try message.sign(sign, of: deployment)
    var left: [Place] = []
    var failures: [Failure] = []
    // The message is left on three hosts, because one of them might become unreachable. The deployment treats the copies as one message.
    for place in places where left.count < 3 {
      do throws(Failure) {
        try await hosts.leave(message, for: deployment, on: place.host, at: place.path)
        left.append(place)
      } catch { failures.append(Failure(error.kind, "\(place.host.name): \(error.message)", fix: error.fix)) }
    }
    if left.isEmpty, let failure = failures.first { throw failure }
    return try await answer(to: message.id, of: deployment, at: left, until: now + patience)
  }

  private struct Place: Sendable {
    var host: Host
    var path: String
  }

  /// Returns what the deployment is waiting for, according to the newest value on its hosts, or nil if no host knows. If even that value is
  /// out of date, the deployment refuses the message.
  private func awaited(by deployment: Deployment.ID, on places: [Place]) async -> Awaited? {
    var found: [Awaited] = []
    for place in places where found.count < 3 {
      if let one = try? await hosts.awaited(by: deployment, on: place.host, at: place.path) { found.append(one) }
    }
    return found.max { $0.gate < $1.gate }
  }

  /// Returns the deployment that a word identifies, and the hosts that the deployment has locked.
  private func locked(by word: String, on selections: [Selection]) async throws -> (Deployment.ID, [Place]) {
    var found: [(deployment: Deployment.ID, place: Place)] = []
    for selection in selections {
      for (host, survey) in await survey(selection).named {
        guard case .reached(let state) = survey, let holder = state.lock?.deployment else { continue }
        guard holder.rawValue == word || holder.isMeant(by: word) else { continue }
        found.append((holder, Place(host: host, path: selection.recipe.placement.path)))
      }
    }
    let ids = Set(found.map(\.deployment)).sorted()
    guard let id = ids.first(where: { $0.rawValue == word }) ?? ids.first else {
      throw Problems(
        Problem(
          "there is no deployment \"\(word)\" in this journal, and no host that was reached is locked by one",
          fix: "lander history lists those of this journal, lander status asks the hosts"))
    }
    if ids.count > 1, id.rawValue != word {
      throw Problems(Problem("\"\(word)\" names \(ids.count) deployments", fix: "say which: \(ids)"))
    }
    return (id, found.filter { $0.deployment == id }.map(\.place))
  }

  private func answer(
    to message: Message.ID, of deployment: Deployment.ID, at places: [Place], until deadline: Timestamp
  ) async throws -> Reception {
    let begin = now
    while true {
      var waits = false
      for place in places {
        switch try? await hosts.state(of: message, for: deployment, on: place.host, at: place.path) {
        case .answered(let answer): return .answered(deployment, accepted: answer.accepted, answer.words)
        // A host that does not answer might answer later.
        case .waits, nil: waits = true
        case .gone: continue
        }
      }
      if !waits { return .lockGone(deployment) }
      if now >= deadline { return await withdrawn(message, from: deployment, at: places, after: now - begin) }
      await ports.clock.sleep(.seconds(1))
      if Task.isCancelled {
        _ = await withdrawn(message, from: deployment, at: places, after: now - begin)
        throw CancellationError()
      }
    }
  }

  /// Withdraws a message. If an engine took the message at the last moment, returns the engine's answer.
  private func withdrawn(
    _ message: Message.ID, from deployment: Deployment.ID, at places: [Place], after time: Interval
  ) async -> Reception {
    var left: [String] = []
    for place in places {
      do throws(Failure) {
        try await hosts.withdraw(message, from: deployment, on: place.host, at: place.path)
      } catch { left.append(place.host.name) }
    }
    for place in places {
      if case .answered(let answer) = try? await hosts.state(of: message, for: deployment, on: place.host, at: place.path) {
        return .answered(deployment, accepted: answer.accepted, answer.words)
      }
    }
    return .silent(deployment, after: time, left: left)
  }
}
