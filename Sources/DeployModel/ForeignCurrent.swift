/// What stands at `current` on a host, if Lander did not make it.
package enum ForeignCurrent: Sendable, Hashable, Codable {
  /// A link of another tool or a person, by its text.
  case link(String)
  case folder
  /// Neither a link nor a folder, or a link whose text cannot be kept.
  case file
}
