import CLua
import Synchronization

/// The places in which further states of one prelude begin as copies, because reading the prelude takes about ten times as long as copying
/// its memory. Most commands need only one or two states, so those do read it.
final class StatePlaces: Sendable {
  /// A place, which has one state at a time.
  struct Place: @unchecked Sendable {
    let pointer: OpaquePointer
    /// Whether the state of a prelude has been kept in the place, so that another one can begin as its copy.
    fileprivate(set) var isKept = false
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
  private static let mostIdle = 8

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

  /// Takes a place back whose state has been closed.
  func give(_ place: Place) {
    let isIdle = stock.withLock { stock in
      guard place.isKept, stock.idle.count < Self.mostIdle else { return false }
      stock.idle.append(place)
      return true
    }
    if !isIdle { clua_place_free(place.pointer) }
  }
}

extension StatePlaces.Place {
  /// Opens a state in the place, and lets `read` read its prelude, unless the state begins as a copy of one that did. Returns nil if there
  /// is no memory for the state.
  mutating func open<Fault: Error>(_ limits: inout clua_limits, read: (OpaquePointer) throws(Fault) -> Void) throws(Fault) -> OpaquePointer? {
    if isKept { return clua_again(pointer, &limits) }
    guard let state = clua_open_at(pointer, &limits) else { return nil }
    do { try read(state) } catch {
      clua_close(state)
      throw error
    }
    isKept = clua_keep(state)
    return state
  }
}
