package import DeployModel

/// A queue of future events, as a binary heap. The earliest event comes out first. Events at the same time come out in the order in which
/// they were put in.
package struct EventQueue<Element: Sendable>: Sendable {
  /// The key by which the heap is ordered. Elements are large, so only keys are moved.
  private struct Item: Sendable {
    var at: Timestamp
    var arrival: Int
    var slot: Int
  }
  private var items: [Item] = []
  private var elements: [Element?] = []
  private var free: [Int] = []
  private var arrivals = 0

  /// Makes an empty queue.
  package init() {}

  /// When the next event happens, or nil if the queue is empty.
  package var earliest: Timestamp? { items.first?.at }

  /// Puts in an element that comes out at this time.
  package mutating func push(_ element: Element, at time: Timestamp) {
    let slot = free.popLast() ?? elements.count
    if slot == elements.count { elements.append(element) } else { elements[slot] = element }
    items.append(Item(at: time, arrival: arrivals, slot: slot))
    arrivals += 1
    var child = items.count - 1
    while child > 0, before(child, (child - 1) / 2) {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Takes the earliest element out. Returns nil if the queue is empty.
  package mutating func pop() -> (at: Timestamp, element: Element)? {
    guard let first = items.first, let element = elements[first.slot] else { return nil }
    elements[first.slot] = nil
    free.append(first.slot)
    items[0] = items[items.count - 1]
    items.removeLast()
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && before(child, smallest) { smallest = child }
      if smallest == parent { return (first.at, element) }
      items.swapAt(parent, smallest)
      parent = smallest
    }
  }

  private func before(_ a: Int, _ b: Int) -> Bool { (items[a].at, items[a].arrival) < (items[b].at, items[b].arrival) }
}
