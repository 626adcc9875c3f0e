/// How a process ended, read from the status that `waitpid` returns.
package enum ProcessEnd: Sendable, Hashable {
  case exited(Int)
  case signalled(Int)

  package init(_ status: Int32) {
    self = status & 0x7F == 0 ? .exited(Int(status >> 8 & 0xFF)) : .signalled(Int(status & 0x7F))
  }

  /// The status as shells report it: the exit code, or 128 plus the number of the signal.
  package var shellStatus: Int {
    switch self {
    case .exited(let code): code
    case .signalled(let number): 128 + number
    }
  }
}
