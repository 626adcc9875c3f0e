import Glibc
import Synchronization

/// The signals that ask `lander appspec run` to end its deployment in an orderly way.
enum Stop {
  private static let first = Atomic<Int32>(0)
  private static let count = Atomic<Int>(0)

  /// The first signal that has arrived, or nil if none has.
  static var signal: Int32? {
    let number = first.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
  /// The number of signals that have arrived.
  static var signals: Int { count.load(ordering: .relaxed) }

  /// From now on, signals with these numbers are only counted. A TERM after an INT counts as the same request, because CI runners send
  /// both. Closing the terminal after another signal does not count as a new request either.
  static func listen(to numbers: [Int32]) {
    // This makes sure that both values exist before a handler uses them.
    _ = (signal, signals)
    for number in numbers {
      Glibc.signal(number) { number in
        let before = Stop.first.compareExchange(expected: 0, desired: number, ordering: .relaxed).original
        if before == SIGINT && number == SIGTERM || before != 0 && number == SIGHUP { return }
        Stop.count.add(1, ordering: .relaxed)
      }
    }
  }
}
