import DeployDesk
import DeployModel
import DeployReport

/// Watches a train, one deployment after the other. The train is run by another process on this machine, or has ended.
struct TrainWatch {
  let id: Train.ID
  let state: String
  let desk: Desk
  let terminal: Terminal
  /// How long to wait for the end of the train, or nil to wait without a limit.
  var patience: Interval?

  /// - Parameter word: the typed id. If it is nil and nothing but one train is open, that train is watched.
  /// - Returns: nil if the word does not identify a train.
  init?(_ word: String?, _ options: ProjectOptions, at desk: Desk, on terminal: Terminal, patience: Interval? = nil) async throws {
    guard let train = try await OpenTrains(options).meant(by: word), let state = try options.existingStateFolder() else { return nil }
    (id, self.state, self.desk, self.terminal, self.patience) = (train.id, state, desk, terminal, patience)
  }

  /// Reads the record until the train has ended, and follows each deployment as soon as it has begun.
  /// - Parameters:
  ///   - quiet: called with the record about three times a second while no deployment is under way.
  ///   - show: follows one deployment and the rollback that follows it, for at most the given time.
  /// - Throws: if the train has not ended in time, or was interrupted. A train is interrupted if it has not ended and no process runs it.
  func follow(_ quiet: (Train) async throws -> Void = { _ in }, show: (Deployment.ID, Interval?) async throws -> Void) async throws -> Train
  {
    let began = desk.now
    var seen: [Deployment.ID] = []
    while true {
      // This check comes before the record is read. If no process runs the train, the record that is read afterwards does not change any
      // more.
      let isHeld = TrainFile.isHeld(id, in: state)
      let train = try record()
      let left = patience.map { Interval(milliseconds: max(0, $0.milliseconds - (desk.now - began).milliseconds)) }
      if let next = try await begun(train, besides: seen) {
        seen.append(next)
        do { try await show(next, left) } catch let problems as Problems where problems.exit == .detached {
          throw late
        } catch let problems as Problems where problems.exit == .refused && !TrainFile.isHeld(id, in: state) {
          throw abandoned(train)
        }
        continue
      }
      if train.next == nil { return train }
      if !isHeld { throw abandoned(train) }
      if left?.milliseconds == 0 { throw late }
      try await quiet(train)
      try await Task.sleep(for: .milliseconds(300))
    }
  }

  /// Shows how the train ended.
  /// - Returns: the exit code of the train.
  func end(_ train: Train) async throws -> ExitCode {
    let report = TrainReport(train)
    var problems: [Problem] = []
    if let failed = train.legs.last(where: { $0.deployment != nil && $0.code != .done })?.deployment,
      try await desk.past.knows(failed.rawValue)
    {
      problems = try await desk.past.summary(of: try await desk.past.pair(of: failed)).problems
    }
    Ending.note(train.legs.compactMap(\.deployment), problems)
    terminal.give(report.value)
    if Ending.isLines { terminal.tell(report.lines(on: terminal.err)) } else { terminal.say(report.lines(on: terminal.out)) }
    return train.code
  }

  private func record() throws(Problems) -> Train {
    guard let train = try TrainFile.named(id.rawValue, in: state) else { throw Problems(Problem("the record of train \(id) is gone")) }
    return train
  }

  /// Returns the train's first deployment in the journal that has not been shown yet, or nil if there is none.
  private func begun(_ train: Train, besides seen: [Deployment.ID]) async throws -> Deployment.ID? {
    for case let deployment? in train.legs.map(\.deployment) where !seen.contains(deployment) {
      if try await desk.past.knows(deployment.rawValue) { return deployment }
    }
    return nil
  }

  /// Why `--since-seq` cannot be used for a train.
  var seqMeansNothing: Problems {
    Problems(
      Problem(
        "in a train, each deployment counts its entries from 0, so a seq needs a deployment", subject: "--since-seq",
        fix: "name the deployment whose lines you have: lander report \(id) lists them"))
  }

  private var late: Problems {
    Problems(
      Problem("train \(id) has not ended within \(patience ?? .seconds(0)), and continues", fix: "lander wait \(id) waits again"),
      exit: .detached)
  }

  private func abandoned(_ train: Train) -> Problems {
    let group = train.next.map { " before group \"\(train.legs[$0].group)\" had succeeded" } ?? ""
    return Problems(
      Problem(
        "no process runs train \(id), and it has not ended: it stopped\(group)",
        fix: "lander resume \(id) continues it, lander cancel \(id) ends it"), exit: .refused)
  }
}

extension PastDeployments {
  /// Returns those deployments of a train that are in the journal, in order, each with the rollback that followed it.
  func members(of train: Train) async throws -> [DeploymentSummary] {
    var members: [DeploymentSummary] = []
    for case let deployment? in train.legs.map(\.deployment) where try await knows(deployment.rawValue) {
      members += try await pair(of: deployment).members
    }
    return members
  }
}
