import DeployDesk
import DeployModel
import DeployReport

/// Shows deployments that another process runs, in the same form in which that process shows them.
struct FollowedLines {
  /// The output mode. Nil stands for live on a terminal, and for plain elsewhere.
  private let mode: Surface.Mode?
  private let desk: Desk
  private let terminal: Terminal
  private var lines = EntryLines()

  init(_ mode: Surface.Mode?, _ desk: Desk, _ terminal: Terminal) {
    self.mode = mode
    self.desk = desk
    self.terminal = terminal
  }

  /// Follows one deployment and the rollback that follows from it.
  /// - Parameter last: the sequence number of the last line that the reader has, or nil if the reader has none.
  mutating func follow(_ deployment: Deployment.ID, after last: Int? = nil) async throws -> DeploymentPair {
    if mode == .ndjson { return try await lines(deployment, last) }
    return try await progress(deployment, last)
  }

  private mutating func lines(_ deployment: Deployment.ID, _ last: Int?) async throws -> DeploymentPair {
    var lines = lines
    defer { self.lines = lines }
    return try await desk.follow(deployment.rawValue, after: last) { event in
      switch event {
      // The first entry has the names of the hosts, which the later entries need.
      case .known(let id, let entry): _ = lines.line(entry, of: id)
      case .entry(let id, let entry): terminal.say(lines.line(entry, of: id))
      case .quiet: break
      }
    }
  }

  private func progress(_ deployment: Deployment.ID, _ last: Int?) async throws -> DeploymentPair {
    let shown = Progress(mode: mode, verbose: false, terminal: terminal)
    if terminal.err.terminal { EarlyEnd.isDrawn() }
    var isStopped = false
    do {
      let end = try await desk.follow(deployment.rawValue, after: last) { event in
        switch event {
        case .known(let id, let entry): shown.take(.recalled(id, entry))
        case .entry(let id, let entry): shown.take(.entry(id, entry))
        case .quiet(let stopped):
          if let stopped, !isStopped { for line in WaitReport.halted(stopped) { shown.remark(line) } }
          isStopped = stopped != nil
        }
      }
      _ = await shown.finish()
      return end
    } catch {
      _ = await shown.finish()
      throw error
    }
  }
}
