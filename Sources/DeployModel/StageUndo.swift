/// The stage that an undo stage of a rollback undoes: a stage that began in the forward deployment.
package struct StageUndo: Sendable, Hashable, Codable {
  /// The mark of the stage, as hosts remember it.
  package var mark: StageMark
  /// Index of the recipe whose function undoes the stage.
  package var recipe: Int
  /// Why the stage failed; nil: it came to its end.
  package var error: ScriptError?
  /// The release for which the stage ran: the undo runs in its folder. Nil in plans of older versions, whose undo runs in the folder of the
  /// release that hosts go back to.
  package var release: Release.ID?

  package init(_ mark: StageMark, recipe: Int = 0, error: ScriptError? = nil, release: Release.ID? = nil) {
    self.mark = mark
    self.recipe = recipe
    self.error = error
    self.release = release
  }

  /// The name of the stage that undoes it.
  package var title: String { "undo of \(mark.stage)" }
}

extension Plan {
  /// The stages that the plan undoes, in the order of time; empty: none.
  package var undone: [StageUndo] { flow.stages.compactMap { $0.terms?.undoes } }
}
