import DeployCore
import DeployModel
import Glibc

/// The time of this machine.
struct SystemClock: Clock {
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }

  func now() -> Timestamp { Self.now }
  func sleep(_ interval: Interval) async { try? await Task.sleep(for: interval.duration) }
}
