/// Limits the number of tasks that are between `enter` and `leave` at the same time. Other tasks wait in `enter` and are admitted in the
/// order in which they called it.
actor Admission {
  private var free: Int
  private var queue: [CheckedContinuation<Void, Never>] = []
  init(_ width: Int) { free = max(1, width) }

  func enter() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { queue.append($0) } }
  }
  func leave() {
    if queue.isEmpty { free += 1 } else { queue.removeFirst().resume() }
  }
}
