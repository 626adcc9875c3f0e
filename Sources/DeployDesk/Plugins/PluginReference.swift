package import DeployModel

/// A plugin in the form that people type: `SOURCE` or `SOURCE@RANGE`.
package struct PluginReference: Sendable, Hashable {
  package var source: String
  package var range: VersionRange

  /// Reads the reference. The text after the last `@` counts as a range only if it has the form of a range, so `git@host:path` and
  /// `ssh://me@host/path` keep their `@`.
  package init(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    if parts.count > 1, let last = parts.last, let range = VersionRange(String(last)) {
      source = parts.dropLast().joined(separator: "@")
      self.range = range
    } else {
      source = text
      range = .any
    }
  }
}
