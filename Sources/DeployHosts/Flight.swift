import DeployModel

/// The cancellation and the deadline of one running operation.
final class Flight: Sendable {
  struct Key: Hashable {
    var reach: Reach
    var path: String
    var deployment: Deployment.ID
    var intent: Int
  }
  private struct State {
    var cancelled = false
    var late = false
    var stop: (@Sendable () async -> Void)?
    var wake: (@Sendable (Failure) -> Void)?
  }
  private let state = Guarded(State())
  let limit: Interval

  init(limit: Interval) { self.limit = limit }

  /// Sets what has to be done on the host if the operation is cancelled. If the operation has already been cancelled, it is done
  /// immediately.
  func whenCancelled(_ stop: @escaping @Sendable () async -> Void) async {
    let now = state.with { state in
      state.stop = stop
      return state.cancelled
    }
    if now { await stop() }
  }

  func cancel() async {
    let (stop, wake) = state.with { state in
      state.cancelled = true
      return (state.stop, state.wake)
    }
    wake?(Flight.cancelled)
    await stop?()
  }

  /// Ends the operation because it has timed out. This works like a cancellation, but with a different message.
  private func expire() async {
    let (stop, wake) = state.with { state in
      state.late = true
      return (state.stop, state.wake)
    }
    wake?(tooLate)
    await stop?()
  }

  /// Whether the operation has timed out.
  var isLate: Bool { state.with { $0.late } }

  private var tooLate: Failure {
    Failure(
      .timeout, "not done within \(limit)", fix: "look at the host's load, disks and network; what a recipe asks for takes a longer timeout"
    )
  }

  /// Throws if the operation was cancelled or has timed out. Long operations call this between two steps.
  func check() throws(Failure) {
    let (cancelled, late) = state.with { ($0.cancelled, $0.late) }
    if cancelled { throw Flight.cancelled }
    if late { throw tooLate }
  }

  /// Runs the body, but stops waiting for it if the operation is cancelled or times out. The body then has `slack` more time to end in an
  /// orderly way.
  func race(slack: Interval = .zero, _ body: @escaping @Sendable () async -> Outcome) async -> Outcome {
    let (stream, sink) = AsyncStream.makeStream(of: Outcome.self)
    let stopped = state.with { state in
      state.wake = { failure in
        Task {
          try? await Task.sleep(for: slack.duration)
          sink.yield(Outcome(failure: failure))
          sink.finish()
        }
      }
      return state.cancelled
    }
    if stopped { return Outcome(failure: Flight.cancelled) }
    let work = Task {
      sink.yield(await body())
      sink.finish()
    }
    let timer = Task {
      try await Task.sleep(for: limit.duration)
      await expire()
    }
    defer { timer.cancel() }
    for await outcome in stream {
      work.cancel()
      // A job of the host program reports a cancellation even if it was ended because it timed out. So its failure is replaced.
      let late = state.with { $0.late }
      return late && outcome.failure?.kind == .cancelled ? Outcome(failure: tooLate) : outcome
    }
    return Outcome(failure: Flight.cancelled)
  }

  static let cancelled = Failure(.cancelled, "cancelled")
}
