import DeployCore
import DeployGround
import DeployModel

/// The clock of this machine.
struct SystemClock: Clock {
  static var now: Timestamp { WallClock.now }

  func now() -> Timestamp { Self.now }
  func sleep(_ interval: Interval) async { try? await Task.sleep(for: interval.duration) }
}
