package import DeployCore
import DeployEngine
package import DeployModel

/// A command that runs on every host of a selection, without a lock and without a journal.
package struct Execution: Sendable {
  private struct Errand: Sendable {
    var intent: Intent
    var site: HostSite
  }
  private let errands: [Errand]
  private let transport: any Transport

  /// - Parameters:
  ///   - words: the command. If there are several words, they are run without a shell. A single word is run by `sh`.
  ///   - limit: the time limit on each host.
  ///   - user: the user that runs the command, or nil for the login user.
  package init(_ words: [String], on selection: Selection, limit: Interval, as user: String? = nil, at desk: Desk) {
    let identity = desk.stage.identity()
    let operation = Operation.run(Command(words.count == 1 ? .shell(words[0]) : .argv(words), user: user))
    transport = desk.ports.transport
    errands = selection.hosts.enumerated().map { index, host in
      let intent = Intent(id: index + 1, place: .host(host.number), operation: operation, timeout: limit, site: Intent.Site())
      let site = HostSite(
        host: host, deployment: Deployment.ID("exec-\(identity.id)"), application: selection.recipe.application, group: selection.group,
        path: host.place(selection.recipe.placement.path), fence: -1, token: identity.token)
      return Errand(intent: intent, site: site)
    }
  }

  /// The names of the hosts, in the order of the group.
  package var hosts: [String] { errands.map(\.site.host.name) }

  /// Runs the command on the hosts.
  /// - Parameters:
  ///   - parallel: the largest number of hosts that run the command at the same time.
  ///   - isEnding: returns true once no further host should start the command.
  ///   - finished: called with each host's outcome when the outcome arrives, from any task.
  /// - Returns: the outcomes of the hosts that started the command, in the order in which they finished.
  package func run(
    parallel: Int, isEnding: @Sendable () -> Bool, finished: @escaping @Sendable (String, Outcome) -> Void
  ) async -> [(host: String, outcome: Outcome)] {
    var results: [(host: String, outcome: Outcome)] = []
    await withTaskGroup(of: (String, Outcome).self) { group in
      for (index, errand) in errands.enumerated() {
        if index >= parallel, let next = await group.next() { results.append(next) }
        if isEnding() { break }
        group.addTask { [transport] in
          var outcome = await transport.perform(errand.intent, at: errand.site, output: { _ in })
          outcome.failure = outcome.failure?.ofKeeping(at: errand.site)
          finished(errand.site.host.name, outcome)
          return (errand.site.host.name, outcome)
        }
      }
      for await next in group { results.append(next) }
    }
    return results
  }

  /// Ends the command on all hosts.
  package func cancel() async { for errand in errands { await transport.cancel(errand.intent.id, at: errand.site) } }
}

extension Failure {
  /// Returns the failure. If the host could not store the command's output, adds this fact, and how to run the command without storing
  /// output.
  fileprivate func ofKeeping(at site: HostSite) -> Failure {
    guard [.notPermitted, .noSpace, .corrupt].contains(kind) else { return self }
    let byHand = "log in to \(site.host.name) to look by hand"
    return Failure(
      kind, "its output is kept in \(site.path)/.lander, and that fails: \(message)", fix: fix.map { "\($0); or \(byHand)" } ?? byHand)
  }
}
