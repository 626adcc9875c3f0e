package import DeployModel

/// A plugin as somebody types it: `SOURCE` or `SOURCE@RANGE`.
package struct PluginReference: Sendable, Hashable {
  package var source: String
  package var range: VersionRange

  /// The text after the last `@` is a range if it is written like a range, so `git@host:path` and `ssh://me@host/path` keep their `@`.
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
