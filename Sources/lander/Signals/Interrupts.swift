import DeployDesk
import DeployModel
import Glibc

/// Decides what signals do while deployments run. The first signal cancels the deployments in an orderly way, and the next one leaves them
/// as they are. A rollback continues after the first signal, and lander says so.
actor Interrupts {
  /// Signals within this time count as one request, because a wrapper (`timeout`, a CI runner) often signals the process and then its whole
  /// group.
  private static let echo = Duration.milliseconds(300)
  /// The time after an INT in which a TERM counts as the same request. A CI runner that cancels a job sends INT, then TERM some seconds
  /// later, and then KILL.
  private static let urgency = Duration.seconds(30)
  /// The time after which lander lists the hosts that are not finished. CI runners kill the process after ten seconds.
  private static let patience = Duration.seconds(9)

  private let running: Running
  private let shown: Progress
  /// The rollback that an alarm started, or nil if none is running. Like a rollback after a failure, it continues after the first signal.
  private let started: Deployment.ID?
  private var before: ContinuousClock.Instant?
  private var first: (signal: Int32, at: ContinuousClock.Instant)?
  /// What signals have asked lander to end. Nil stands for the deployment, and an id stands for its rollback.
  private var asked: Set<Deployment.ID?> = []
  private var hurry: Task<Void, Never>?
  private(set) var detached = false
  private(set) var last: Int32?

  init(running: Running, shown: Progress, startedByAlarm started: Deployment.ID? = nil) {
    self.running = running
    self.shown = shown
    self.started = started
  }

  func heard(_ number: Int32) async {
    // The request came from another terminal, so a later Ctrl-C here still counts as the first one.
    guard number != SIGUSR1 else {
      _ = await ask("lander cancel")
      return
    }
    let now = ContinuousClock.now
    if let before, now - before < Self.echo { return }
    before = now
    if let first, number == SIGHUP || number == SIGTERM && first.signal != SIGTERM && now - first.at < Self.urgency { return }
    last = number
    if first == nil { first = (number, now) }
    let goingBack = if let started { started } else { await running.goingBack }
    if asked.contains(goingBack) {
      detached = true
      hurry?.cancel()
      return await running.detach()
    }
    if hurry == nil {
      hurry = Task { [shown] in
        try? await Task.sleep(for: Self.patience)
        if !Task.isCancelled { shown.late() }
      }
    }
    asked.insert(await ask(number == SIGTERM ? "terminated" : number == SIGHUP ? "the terminal was closed" : "Ctrl-C"))
  }

  /// - Returns: the rollback that continues despite the signal, or nil if the deployment ends.
  private func ask(_ reason: String) async -> Deployment.ID? {
    let goingBack = if let started { started } else { await running.cancel(reason: reason) }
    if goingBack != nil { shown.goesOn() }
    return goingBack
  }

  /// Stops the timer. Call this when no deployment is running any more.
  func end() { hurry?.cancel() }
}
