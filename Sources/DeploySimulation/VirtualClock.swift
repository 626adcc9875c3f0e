import DeployCore
package import DeployModel
import Synchronization

/// A clock that stands still until a test moves it. Sleepers wake in the order of their times. A test that spans an hour of virtual time
/// takes hardly any real time.
package final class VirtualClock: Clock, Sendable {
  private struct Sleeper: Sendable {
    var number: Int
    var wake: Timestamp
    var continuation: CheckedContinuation<Void, Never>
  }
  private struct State: Sendable {
    var now: Timestamp
    var numbers = 0
    var sleepers: [Sleeper] = []
    /// The sleepers that were cancelled before they slept.
    var cancelled: [Int] = []
  }
  private let state: Mutex<State>

  /// Makes a clock that shows this time.
  package init(at start: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) { state = Mutex(State(now: start)) }

  package func now() -> Timestamp { state.withLock { $0.now } }

  package func sleep(_ interval: Interval) async {
    let number = state.withLock { state in
      state.numbers += 1
      return state.numbers
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let awake = state.withLock { state in
          if let index = state.cancelled.firstIndex(of: number) {
            state.cancelled.remove(at: index)
            return true
          }
          if interval <= .zero { return true }
          state.sleepers.append(Sleeper(number: number, wake: state.now + interval, continuation: continuation))
          return false
        }
        if awake { continuation.resume() }
      }
    } onCancel: {
      wake(number)
    }
  }

  /// The number of sleepers.
  package var sleepers: Int { state.withLock { $0.sleepers.count } }

  /// The time until the earliest sleeper wakes, or nil if nobody sleeps.
  package var next: Interval? { state.withLock { state in state.sleepers.map(\.wake).min().map { $0 - state.now } } }

  /// Moves the clock by an interval, and wakes all sleepers whose time has come, the earliest first.
  package func advance(by interval: Interval) {
    let woken = state.withLock { state in
      state.now = state.now + interval
      let due = state.sleepers.filter { $0.wake <= state.now }.sorted { ($0.wake, $0.number) < ($1.wake, $1.number) }
      state.sleepers.removeAll { $0.wake <= state.now }
      return due
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// Moves the clock to the time of the earliest sleeper, and wakes that sleeper.
  /// - Parameter limit: how far the clock is allowed to move, or nil for as far as needed.
  /// - Returns: false if no sleeper was woken.
  @discardableResult
  package func leap(within limit: Interval? = nil) -> Bool {
    guard let next, next <= limit ?? next else { return false }
    advance(by: next)
    return true
  }

  /// Moves the clock to the earliest sleeper whenever all other tasks have had a turn, until this task is cancelled. In this way, virtual
  /// time runs as fast as the work that uses it.
  /// - Parameter limit: the longest time that the clock moves at once, or nil if there is no limit.
  package func run(within limit: Interval? = nil) async {
    while !Task.isCancelled {
      for _ in 0..<32 { await Task.yield() }
      leap(within: limit)
    }
  }

  private func wake(_ number: Int) {
    let sleeper = state.withLock { state -> Sleeper? in
      guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
        state.cancelled.append(number)
        return nil
      }
      return state.sleepers.remove(at: index)
    }
    sleeper?.continuation.resume()
  }
}
