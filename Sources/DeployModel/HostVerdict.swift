/// The result of comparing the current release of one host with its manifest.
package enum HostVerdict: Sendable, Hashable {
  case compared(Verification)
  /// Lander never deployed anything there.
  case empty
  case failed(Problem)

  /// Whether nothing differs from what was delivered.
  package var isWhole: Bool {
    switch self {
    case .compared(let found): found.differing.isEmpty
    case .empty: true
    case .failed: false
    }
  }
}
