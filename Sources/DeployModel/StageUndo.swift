/// What a stage of a way back undoes: one that began on the way there.
package struct StageUndo: Sendable, Hashable, Codable {
  /// As hosts remember it.
  package var mark: StageMark
  /// Index into the plan's recipes: of the one whose function undoes it.
  package var recipe: Int
  /// Why the stage failed; nil: it came to its end.
  package var error: ScriptError?
  /// The release that the stage ran for: what undoes it runs in its folder. nil in plans of older versions, whose undo runs in the folder
  /// of what hosts go back to.
  package var release: Release.ID?

  package init(_ mark: StageMark, recipe: Int = 0, error: ScriptError? = nil, release: Release.ID? = nil) {
    self.mark = mark
    self.recipe = recipe
    self.error = error
    self.release = release
  }

  /// What the stage that undoes it is called.
  package var title: String { "undo of \(mark.stage)" }
}

extension Plan {
  /// The stages that it undoes, in the order of time; empty: none.
  package var undone: [StageUndo] { flow.stages.compactMap { $0.terms?.undoes } }
}
