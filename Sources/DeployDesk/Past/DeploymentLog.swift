import DeployCore
package import DeployModel

/// The commands of one deployment, and the state of its journal.
package struct DeploymentLog: Sendable {
  package var deployment: DeploymentSummary
  /// The first damage in the journal, or nil if the journal is intact. No commands after the damage are known.
  package var damage: Damage?
  package var commands: [CommandLog]

  /// Returns the log with the commands of one host only, or of all hosts if the name is nil.
  package func on(_ host: String?) -> DeploymentLog {
    var log = self
    if let host { log.commands = commands.filter { $0.host == host } }
    return log
  }

  /// Refuses damaged logs. Call this after the logs have been shown. It makes `lander` fail, so that programs do not take an incomplete log
  /// for a success.
  /// - Throws: the damage.
  package static func refuseDamaged(_ logs: [DeploymentLog]) throws(Problems) {
    let damaged = logs.compactMap { log in log.damage.map { $0.problem(of: log.deployment.id) } }
    if !damaged.isEmpty { throw Problems(damaged, exit: .infrastructure) }
  }
}

extension PastDeployments {
  /// Returns the commands that a deployment ran. If the word is `last` and the last deployment is a rollback, the commands of the
  /// deployment that it rolled back are included.
  /// - Parameters:
  ///   - word: an id, the beginning of an id, or `last`.
  ///   - host: the host whose commands are wanted, or `here` for the engine's machine, or nil for all commands.
  /// - Throws: if there is no such deployment, or the deployment has no such host.
  package func logs(of word: String, host: String?) async throws -> [DeploymentLog] {
    var logs: [DeploymentLog] = []
    for deployment in try await chosen(word) {
      let reading = try await journal.entries(of: deployment.id)
      let names = CommandLog.names(in: reading.entries)
      // The rollback of a failed deployment contains only the hosts that the deployment changed.
      let isFollowUp = if case .rollback(of: _?) = deployment.kind { word == "last" } else { false }
      if let host, host != "here", !names.contains(host), !isFollowUp {
        throw CommandLog.unknown(host, among: names, of: deployment.id)
      }
      let commands = CommandLog.commands(in: reading.entries).filter { host == nil || $0.host == host }
      logs.append(DeploymentLog(deployment: deployment, damage: reading.damage, commands: commands))
    }
    return logs
  }

  /// Returns the commands of the deployments of a train. It is enough that one of these deployments has the host.
  /// - Parameter train: the name of the train in messages.
  /// - Throws: if none of the deployments has the host.
  package func logs(of deployments: [DeploymentSummary], named train: Train.ID, host: String?) async throws -> [DeploymentLog] {
    var (logs, names): ([DeploymentLog], [String]) = ([], [])
    for deployment in deployments {
      let reading = try await journal.entries(of: deployment.id)
      names += CommandLog.names(in: reading.entries)
      let log = DeploymentLog(deployment: deployment, damage: reading.damage, commands: CommandLog.commands(in: reading.entries))
      logs.append(log.on(host))
    }
    if let host, host != "here", !names.contains(host) { throw CommandLog.unknown(host, among: names, of: train) }
    return logs
  }

  /// Returns everything that a command wrote to its two streams.
  package func output(of command: CommandLog, in deployment: Deployment.ID) throws -> (stdout: [UInt8], stderr: [UInt8]) {
    (try output(of: command, .stdout, in: deployment), try output(of: command, .stderr, in: deployment))
  }

  /// Returns what a command wrote to one stream.
  /// - Parameters:
  ///   - offset: the offset of the first byte to read.
  ///   - limit: the largest number of bytes to read.
  package func output(
    of command: CommandLog, _ stream: OutputChunk.Stream, in deployment: Deployment.ID, from offset: Int = 0, limit: Int = 1 << 30
  ) throws -> [UInt8] {
    try journal.output(
      of: deployment, place: command.place, intent: command.intent, stream: stream, from: offset, limit: limit)
  }

  /// Returns the deployment that the word identifies. If the word is `last` and the last deployment is a rollback, the deployment that it
  /// rolled back is included.
  private func chosen(_ word: String) async throws -> [DeploymentSummary] {
    let named = try await find(word)
    guard word == "last", case .rollback(of: let failed?) = named.kind else { return [named] }
    return try await deployments().filter { $0.id == failed } + [named]
  }
}
