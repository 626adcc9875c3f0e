/// A stage of the failed deployment that a rollback has to undo.
package struct StageUndo: Sendable, Hashable, Codable {
  /// The mark of the stage, as hosts have it.
  package var mark: StageMark
  /// The index of the recipe whose function undoes the stage.
  package var recipe: Int
  /// Why the stage failed, or nil if it ended without a failure.
  package var error: ScriptError?
  /// The release for which the stage ran. The undo runs in the folder of that release. Nil in plans of older versions, for which the undo
  /// runs in the folder of the release that hosts go back to.
  package var release: Release.ID?

  package init(_ mark: StageMark, recipe: Int = 0, error: ScriptError? = nil, release: Release.ID? = nil) {
    self.mark = mark
    self.recipe = recipe
    self.error = error
    self.release = release
  }

  /// The name of the rollback's stage that performs the undo.
  package var title: String { "undo of \(mark.stage)" }
}

extension Plan {
  /// The stages that the plan undoes, in the order in which it undoes them, or empty if there are none.
  package var undone: [StageUndo] { flow.stages.compactMap { $0.terms?.undoes } }
}
