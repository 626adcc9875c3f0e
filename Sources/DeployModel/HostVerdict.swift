/// The result of comparing the current release of one host with its manifest.
package enum HostVerdict: Sendable, Hashable {
  case compared(Verification)
  /// The host has no release of Lander.
  case empty
  case failed(Problem)

  /// Whether all delivered entries are unchanged. Also true if there is no release, but false if the comparison failed.
  package var isWhole: Bool {
    switch self {
    case .compared(let found): found.differing.isEmpty
    case .empty: true
    case .failed: false
    }
  }
}
