/// Limits how many tasks get in at once; the others wait their turn.
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
