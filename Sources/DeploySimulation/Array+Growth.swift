extension Array {
  /// Makes room for this number of further elements. A full array gets a quarter more room instead of twice as much, because a simulated
  /// fleet has tens of thousands of arrays, and most of them stay short.
  mutating func growSlowly(by more: Int) {
    if capacity < count + more { reserveCapacity(count + Swift.max(more, 4, count / 4)) }
  }
}
