/// How a process ended, by the status that `waitpid` gives.
package enum ProcessEnd: Sendable, Hashable {
  case exited(Int)
  case signalled(Int)

  package init(_ status: Int32) {
    self = status & 0x7F == 0 ? .exited(Int(status >> 8 & 0xFF)) : .signalled(Int(status & 0x7F))
  }

  /// As a shell counts it: 128 plus the number for a signal.
  package var shellStatus: Int {
    switch self {
    case .exited(let code): code
    case .signalled(let number): 128 + number
    }
  }
}
