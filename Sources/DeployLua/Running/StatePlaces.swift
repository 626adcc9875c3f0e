import CLua
import Synchronization

/// The places in which states begin as copies of one that has read the same sources, because a copy takes about a tenth of the time. The
/// first states of a process do read them: most commands need only one or two states.
final class StatePlaces: Sendable {
  /// A place, which has one state at a time.
  struct Place: @unchecked Sendable {
    let pointer: OpaquePointer
    /// Whether a state has been kept in the place, so that another one can begin as its copy.
    var isKept = false
  }

  private struct Stock {
    var idle: [Place] = []
    /// The number of states that were opened without a place.
    var opened = 0
  }

  private let stock = Mutex(Stock())
  /// The number of states that are opened before places are used.
  private static let first = 2
  /// The largest number of places that are kept while no state is in them. Each has about 4 MB.
  private static let mostIdle = 4

  deinit { stock.withLock { for place in $0.idle { clua_place_free(place.pointer) } } }

  /// Returns a place for a state, which nobody else uses until it is given back. Returns nil if the state is to have no place.
  func take() -> Place? {
    let place: Place?? = stock.withLock { stock in
      if let place = stock.idle.popLast() { return place }
      stock.opened += 1
      return stock.opened > Self.first ? .some(nil) : nil
    }
    guard let place else { return nil }
    return place ?? clua_place_new().map { Place(pointer: $0) }
  }

  /// Takes a place back whose state has been closed. Without a kept state, the place is of no use.
  func give(_ place: Place) {
    let isIdle = stock.withLock { stock in
      guard place.isKept, stock.idle.count < Self.mostIdle else { return false }
      stock.idle.append(place)
      return true
    }
    if !isIdle { clua_place_free(place.pointer) }
  }
}
