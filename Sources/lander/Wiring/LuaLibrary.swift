import DeployCore
import DeployDesk
import DeployEngine
import DeployLua
import DeployModel

/// Loads recipes from their pinned sources, and from nothing else.
struct LuaLibrary: RehearsalLibrary {
  /// Records which lines of recipes run, or nil if nothing records them.
  var coverage: Coverage?
  /// Checks pinned plugins before they run, or nil if no pinned recipe runs for real.
  var plugins: PinnedPlugins?

  func scripts(of plan: Plan, sources: [[SourceFile]]) throws -> any Scripts {
    if plan.origin.engine != Version.number {
      let refused = sources.lazy.compactMap { Prelude.refusal(of: $0, for: plan.id, begunBy: plan.origin.engine) }.first
      if let refused { throw Problems(refused, exit: .refused) }
    }
    for pinned in sources { try plugins?.check(pinned) }
    return try LuaRecipes(plan: plan, sources: sources, coverage: coverage)
  }

  func recipe(named name: String, in sources: [SourceFile]) throws -> Recipe {
    try LuaProject.kept(name, in: sources)
  }

  func rehearsed(
    _ plan: Plan, sources: [[SourceFile]], as mode: Rehearsal, hasFaults: Bool
  ) throws(Problems) -> any RehearsedRecipes {
    try RehearsedScripts(plan: plan, sources: sources, as: mode, hasFaults: hasFaults)
  }

  func simulated(_ plan: Plan, sources: [[SourceFile]]) -> (UInt64) throws(Problems) -> any RehearsedRecipes {
    let facts = PlanFacts()
    return { seed throws(Problems) in
      try RehearsedScripts(plan: plan, sources: sources, as: .faults, hasFaults: true, seed: seed, facts: facts, isMeasured: true)
    }
  }

  func prompt(_ plan: Plan, sources: [SourceFile]) throws(Problems) -> any PromptScripts {
    try LuaRecipes(plan: plan, sources: [sources], takesLines: true)
  }
}

extension RehearsedScripts: RehearsedRecipes {}
extension LuaRecipes: PromptScripts {}
