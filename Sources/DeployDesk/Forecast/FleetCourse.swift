import DeployCore
import DeployModel
import DeploySimulation

/// Simulates one plan many times. Two things are the same in all runs and are made only once: the beginning of the rollout, and the facts
/// about the plan for the scripts.
struct FleetCourse {
  private let beginning: Rollout
  private let project: LoadedProject
  private let scripts: (UInt64) throws(Problems) -> any RehearsedRecipes

  init(_ plan: Plan, of project: LoadedProject, _ stage: RehearsalStage) {
    beginning = FleetRun.beginning(of: plan)
    self.project = project
    scripts = stage.library.simulated(plan, sources: plan.content.recipes.map { _ in project.project.sources })
  }

  /// Simulates one run.
  /// - Parameter seed: the seed of the run's scripts and of its answers.
  /// - Throws: an error that says why the run did not end.
  func play(_ draws: FleetDraws, _ faults: FleetFaults, _ metrics: FleetMetrics = FleetMetrics(), seed: UInt64) throws(Problems) -> FleetRun
  {
    let scripts = try scripts(seed)
    var run = FleetRun(beginning, scripts, draws, faults, metrics, seed: seed)
    if let problem = scripts.overrun ?? run.problem { throw Problems(problem) }
    if let stuck = run.stuck {
      let place = project.project.recipe(beginning.plan.subject.recipe)?.place
      throw Problems(Problem("the simulation did not end: \(stuck)", place: place, fix: "lander rehearse shows where it stands"))
    }
    run.mistake = scripts.mistake
    return run
  }
}
