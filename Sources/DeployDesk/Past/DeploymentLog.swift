import DeployCore
package import DeployModel

/// The commands of one deployment, and what is known of its journal.
package struct DeploymentLog: Sendable {
  package var deployment: DeploymentSummary
  /// The damage of the journal; nil: the journal is whole. With damage, only the commands before the damage are known.
  package var damage: Damage?
  package var commands: [CommandLog]

  /// The log with the commands of one host only; nil: of all hosts.
  package func on(_ host: String?) -> DeploymentLog {
    var log = self
    if let host { log.commands = commands.filter { $0.host == host } }
    return log
  }

  /// Refuses damaged logs. Call it after the commands before the damage were shown: for a program, an incomplete log is no success.
  /// - Throws: the damage.
  package static func refuseDamaged(_ logs: [DeploymentLog]) throws(Problems) {
    let damaged = logs.compactMap { log in log.damage.map { $0.problem(of: log.deployment.id) } }
    if !damaged.isEmpty { throw Problems(damaged, exit: .infrastructure) }
  }
}

extension PastDeployments {
  /// The commands that a deployment ran. For `last`, this includes the deployment that it took back.
  /// - Parameters:
  ///   - word: an id, the beginning of an id, or `last`.
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

  /// The commands of several deployments that belong together. It is enough if one of the deployments has the host.
  /// - Parameter word: the name of these deployments in messages.
  /// - Throws: if none of the deployments has such a host.
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

  /// Everything that a command wrote to each of its streams.
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

  /// The named deployment; for `last`, also the deployment that this rollback took back.
  private func chosen(_ word: String) async throws -> [DeploymentSummary] {
    let named = try await find(word)
    guard word == "last", case .rollback(of: let failed?) = named.kind else { return [named] }
    return try await deployments().filter { $0.id == failed } + [named]
  }
}
