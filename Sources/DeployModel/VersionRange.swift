/// A range of versions, as comparisons that must all hold.
package struct VersionRange: Sendable, Hashable, CustomStringConvertible {
  /// The range as it was written.
  package let description: String
  private let bounds: [(version: PluginVersion, takes: Comparison)]
  private enum Comparison { case less, atMost, equal, atLeast, greater }

  /// The range that contains all versions except pre-releases.
  package static let any = VersionRange(any: "*")
  private init(any text: String) {
    description = text
    bounds = []
  }

  /// Reads `^1.2` (versions that keep the first number that is not 0), `~1.2.3` (versions that keep major and minor), `1.2.3` (only this
  /// version), `>=1.0 <2` or `*`. Returns nil if the string is not a range.
  package init?(_ text: String) {
    var bounds: [(PluginVersion, Comparison)] = []
    let words = text.split(separator: " ")
    guard !words.isEmpty, text.utf8.count <= 200 else { return nil }
    for word in words where word != "*" {
      let sign = word.prefix { "^~<>=".contains($0) }
      guard let version = PluginVersion(String(word.dropFirst(sign.count))) else { return nil }
      switch sign {
      case "^": bounds += [(version, .atLeast), (version.afterCaret, .less)]
      case "~": bounds += [(version, .atLeast), (version.afterTilde, .less)]
      case "", "=": bounds.append((version, .equal))
      case ">": bounds.append((version, .greater))
      case ">=": bounds.append((version, .atLeast))
      case "<": bounds.append((version, .less))
      case "<=": bounds.append((version, .atMost))
      default: return nil
      }
    }
    description = words.joined(separator: " ")
    self.bounds = bounds
  }

  /// Whether a version is in the range. A pre-release is in the range only if the range names a pre-release of the same version.
  package func holds(_ version: PluginVersion) -> Bool {
    if !version.early.isEmpty {
      let named = bounds.contains { !$0.version.early.isEmpty && $0.version.isOfRelease(of: version) }
      guard named else { return false }
    }
    return bounds.allSatisfy { bound in
      switch bound.takes {
      case .less: version < bound.version
      case .atMost: version <= bound.version
      case .equal: version == bound.version
      case .atLeast: version >= bound.version
      case .greater: version > bound.version
      }
    }
  }

  package static func == (a: Self, b: Self) -> Bool { a.description == b.description }
  package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension PluginVersion {
  fileprivate init(_ major: Int, _ minor: Int, _ patch: Int) {
    (self.major, self.minor, self.patch, early, written) = (major, minor, patch, [], 3)
  }

  fileprivate func isOfRelease(of other: PluginVersion) -> Bool { (major, minor, patch) == (other.major, other.minor, other.patch) }

  /// The first version above the range that `^` gives.
  fileprivate var afterCaret: PluginVersion {
    if major > 0 || written == 1 { return PluginVersion(major + 1, 0, 0) }
    if minor > 0 || written == 2 { return PluginVersion(0, minor + 1, 0) }
    return PluginVersion(0, 0, patch + 1)
  }

  /// The first version above the range that `~` gives.
  fileprivate var afterTilde: PluginVersion { written == 1 ? PluginVersion(major + 1, 0, 0) : PluginVersion(major, minor + 1, 0) }
}
