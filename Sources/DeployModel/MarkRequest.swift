/// What a host is asked to remember of a stage.
package struct MarkRequest: Sendable, Hashable, Codable {
  package enum Act: String, Sendable, Hashable, Codable {
    /// Records that the stage begins. If there is a mark of another deployment, the mark stays and is the answer.
    case begin
    /// Records that the stage begins, whatever mark is there.
    case again
    /// Records how the stage ended.
    case end
    /// Removes the record that this deployment began the stage.
    case drop
  }
  package var act: Act
  /// The mark after the request.
  package var mark: StageMark

  package init(_ act: Act, _ mark: StageMark) {
    self.act = act
    self.mark = mark
  }
}
