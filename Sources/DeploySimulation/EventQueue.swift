package import DeployModel

/// What is going to happen, earliest first; of two things at one time, the one that was put in first. A binary heap.
package struct EventQueue<Element: Sendable>: Sendable {
  private struct Item: Sendable {
    var at: Timestamp
    var arrival: Int
    var element: Element
  }
  private var items: [Item] = []
  private var arrivals = 0

  /// An empty queue.
  package init() {}

  /// When the next thing happens; nil when nothing is going to happen any more.
  package var earliest: Timestamp? { items.first?.at }

  /// Puts an element in, to come out at that time.
  package mutating func push(_ element: Element, at time: Timestamp) {
    items.append(Item(at: time, arrival: arrivals, element: element))
    arrivals += 1
    var child = items.count - 1
    while child > 0, before(child, (child - 1) / 2) {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Takes the earliest element out; nil when nothing is going to happen any more.
  package mutating func pop() -> (at: Timestamp, element: Element)? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return (first.at, first.element) }
    items[0] = last
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && before(child, smallest) { smallest = child }
      if smallest == parent { return (first.at, first.element) }
      items.swapAt(parent, smallest)
      parent = smallest
    }
  }

  private func before(_ a: Int, _ b: Int) -> Bool { (items[a].at, items[a].arrival) < (items[b].at, items[b].arrival) }
}
