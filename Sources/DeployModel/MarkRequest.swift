/// A request to a host to record a stage's mark, or to remove it.
package struct MarkRequest: Sendable, Hashable, Codable {
  package enum Act: String, Sendable, Hashable, Codable {
    /// Records that the stage begins. If the host has a mark of another deployment, it keeps that mark and returns it.
    case begin
    /// Records that the stage begins, even if the host already has a mark.
    case again
    /// Records how the stage ended.
    case end
    /// Removes this deployment's record that the stage began.
    case drop
  }
  package var act: Act
  /// The mark that the host has after the request.
  package var mark: StageMark

  package init(_ act: Act, _ mark: StageMark) {
    self.act = act
    self.mark = mark
  }
}
