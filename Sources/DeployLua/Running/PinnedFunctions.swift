import DeployCore
import DeployModel

/// Compares the functions that a plan names by their numbers with those that its sources describe when they are read again. Reading is
/// deterministic. If there is a difference all the same, another function than the planned one would run (P10 in docs/promises.md).
struct PinnedFunctions {
  let plan: Plan
  /// The index of the recipe in `plan.content.recipes`.
  let index: Int
  /// The recipe as its sources describe it now.
  let described: Recipe

  /// - Throws: `Problems` if a hook, a stage or a task of the plan has another number now, or no longer exists.
  func check() throws(Problems) {
    guard let name = differing else { return }
    throw Problems(
      Problem(
        "\(name) is not the function that was planned: the sources described other functions when they were read again",
        place: described.place, subject: "recipe \"\(described.name)\"",
        fix: "what a recipe describes must not depend on errors that it catches while it is read, such as one of a limit"))
  }

  private var differing: String? {
    for hook in plan.content.recipes[index].hooks
    where !described.flow.hooks.contains(where: { $0.event == hook.event && $0.function == hook.function }) {
      return "the hook \(hook.event.rawValue)"
    }
    for case .script(let name, _, let function, _, _, let terms) in plan.flow.stages where !knows(name, function, terms) {
      return "stage \"\(name)\""
    }
    if index == 0, let task = plan.kind.task, self.task(task.name)?.work.function != task.function { return "task \"\(task.name)\"" }
    return nil
  }

  /// Whether a stage of the plan has this function, or does not belong to this recipe.
  private func knows(_ name: String, _ function: Int, _ terms: StageTerms?) -> Bool {
    if let undo = terms?.undoes {
      return undo.recipe != index || stage(undo.mark.stage)?.terms?.undo == function
    }
    guard index == 0, plan.kind.leadsToRelease || plan.kind.task != nil else { return true }
    if let task = plan.kind.task { return self.task(task.name)?.once == function }
    guard case .script(_, _, let number, _, _, _)? = stage(name) else { return false }
    return number == function
  }

  private func stage(_ name: String) -> Stage? { described.flow.stages.first { $0.name.isExactly(name) } }
  private func task(_ name: String) -> NamedTask? { described.tasks.first { $0.name.isExactly(name) } }
}
