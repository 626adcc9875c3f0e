/// What a host is asked to remember of a stage.
package struct MarkRequest: Sendable, Hashable, Codable {
  package enum Act: String, Sendable, Hashable, Codable {
    /// Writes that it begins, or answers with the mark of another deployment, which stays.
    case begin
    /// Writes that it begins, whatever is there.
    case again
    /// Writes how it ended.
    case end
    /// Takes away that this deployment began it.
    case drop
  }
  package var act: Act
  /// As it is afterwards.
  package var mark: StageMark

  package init(_ act: Act, _ mark: StageMark) {
    self.act = act
    self.mark = mark
  }
}
