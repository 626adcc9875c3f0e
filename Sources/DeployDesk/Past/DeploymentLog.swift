import DeployCore
package import DeployModel

/// The commands of one deployment, and what is known of its journal.
package struct DeploymentLog: Sendable {
  package var deployment: DeploymentSummary
  /// Nil: the journal is whole. If not, the commands before the break are known.
  package var damage: Damage?
  package var commands: [CommandLog]

  /// The same with the commands of one host only; nil: of all hosts.
  package func on(_ host: String?) -> DeploymentLog {
    var log = self
    if let host { log.commands = commands.filter { $0.host == host } }
    return log
  }

  /// Call it after the commands before the break were shown: for a program, an incomplete log is no success.
  /// - Throws: the damage.
  package static func refuseDamaged(_ logs: [DeploymentLog]) throws(Problems) {
    let damaged = logs.compactMap { log in log.damage.map { $0.problem(of: log.deployment.id) } }
    if !damaged.isEmpty { throw Problems(damaged, exit: .infrastructure) }
  }
}

extension PastDeployments {
  /// The commands that a deployment ran. For `last`, this includes the deployment that it took back.
  /// - Parameters:
  ///   - word: an id, the beginning of one, or `last`.
  ///   - host: only the commands that ran there, or `here` for the engine's own machine; nil: all.
  /// - Throws: if the deployment does not exist, or has no such host.
  package func logs(of word: String, host: String?) async throws -> [DeploymentLog] {
    var logs: [DeploymentLog] = []
    for deployment in try await chosen(word) {
      let reading = try await journal.entries(of: deployment.id)
      let names = CommandLog.names(in: reading.entries)
      // The rollback of a deployment goes only to the hosts that were touched.
      let isFollowUp = if case .rollback(of: _?) = deployment.kind { word == "last" } else { false }
      if let host, host != "here", !names.contains(host), !isFollowUp {
        throw CommandLog.unknown(host, among: names, of: deployment.id)
      }
      let commands = CommandLog.commands(in: reading.entries).filter { host == nil || $0.host == host }
      logs.append(DeploymentLog(deployment: deployment, damage: reading.damage, commands: commands))
    }
    return logs
  }

  /// The same for several deployments that belong together; it is enough if one of them has the host.
  /// - Parameter word: what they are called.
  /// - Throws: if none of them has such a host.
  package func logs(of deployments: [DeploymentSummary], named word: String, host: String?) async throws -> [DeploymentLog] {
    var (logs, names): ([DeploymentLog], [String]) = ([], [])
    for deployment in deployments {
      let reading = try await journal.entries(of: deployment.id)
      names += CommandLog.names(in: reading.entries)
      let log = DeploymentLog(deployment: deployment, damage: reading.damage, commands: CommandLog.commands(in: reading.entries))
      logs.append(log.on(host))
    }
    if let host, host != "here", !names.contains(host) { throw CommandLog.unknown(host, among: names, of: word) }
    return logs
  }

  /// All that a command wrote to each of its streams.
  package func output(of command: CommandLog, in deployment: Deployment.ID) throws -> (stdout: [UInt8], stderr: [UInt8]) {
    (try output(of: command, .stdout, in: deployment), try output(of: command, .stderr, in: deployment))
  }

  /// What a command wrote to one of its streams.
  /// - Parameters:
  ///   - offset: the first byte wanted.
  ///   - limit: the most bytes to read.
  package func output(
    of command: CommandLog, _ stream: OutputChunk.Stream, in deployment: Deployment.ID, from offset: Int = 0, limit: Int = 1 << 30
  ) throws -> [UInt8] {
    try journal.output(
      of: deployment, place: command.place, intent: command.intent, stream: stream, from: offset, limit: limit)
  }

  /// The named deployment; for the last one, also the deployment whose failure it took back.
  private func chosen(_ word: String) async throws -> [DeploymentSummary] {
    let named = try await find(word)
    guard word == "last", case .rollback(of: let failed?) = named.kind else { return [named] }
    return try await deployments().filter { $0.id == failed } + [named]
  }
}
