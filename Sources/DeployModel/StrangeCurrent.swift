/// What stands at `current` on a host, if Lander did not make it.
package enum StrangeCurrent: Sendable, Hashable, Codable {
  /// A link of another tool or a person, by its text.
  case link(String)
  case folder
  /// Something that is neither link nor folder, or a link with a text that cannot be kept.
  case file
}
