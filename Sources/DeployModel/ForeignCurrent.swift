/// What exists at the path `current` on a host, if Lander did not create it.
package enum ForeignCurrent: Sendable, Hashable, Codable {
  /// A symbolic link of another tool or a person, with its target.
  case link(String)
  case folder
  /// Neither a link nor a folder, or a link whose target cannot be recorded.
  case file
}
