import DeployCore
import DeployModel

/// A function of a recipe that the engine starts, with the name by which people know it.
struct RehearsalPart {
  /// What the function is, such as `hook ApplicationStart`, `stage migrate`, `strategy canary` or `on_failure`.
  var title: String
  /// Where the function is defined.
  var place: SourcePlace?
  /// Whether the function runs once for each host.
  var isHook = false
  /// Whether the function checks a host for a gate.
  var isCheck = false
  /// Whether the function is a stage of the recipe, or the condition of one. Such a function runs before hosts fail, so failing hosts do
  /// not affect it.
  var isStage = false
  /// Whether the function is the strategy of the rollout.
  var isStrategy = false
  /// Whether the function runs after the deployment, within the time limit that such functions share.
  var isNotice = false

  init(title: String, place: SourcePlace? = nil, isHook: Bool = false, isStage: Bool = false, isNotice: Bool = false) {
    (self.isHook, self.isStage, self.isNotice) = (isHook, isStage, isNotice)
    self.title = title
    self.place = place
  }

  init(_ body: Body, on subject: Subject, in plan: Plan) {
    self.init(title: "a function")
    switch subject {
    case .host:
      if let task = plan.kind.task, body == Body(recipe: 0, function: task.function ?? -1) {
        self.init(title: "task \(task.name)", isHook: true)
        return
      }
      guard plan.content.recipes.indices.contains(body.recipe),
        let hook = plan.content.recipes[body.recipe].hooks.first(where: { $0.function == body.function })
      else {
        (title, isCheck) = ("check of rollout:watch", true)
        return
      }
      self.init(title: "hook \(hook.event.rawValue)", place: hook.place, isHook: true)
    case .rollout:
      for case .rollout(let strategy?) in plan.flow.stages {
        self.init(title: strategy.part, place: strategy.place)
        isStrategy = true
      }
    case .weights: self.init(title: "weight of traffic")
    case .traffic: self.init(title: "read of traffic")
    case .failure where !plan.undone.contains { $0.error != nil && $0.recipe == body.recipe }:
      self.init(title: "on_failure", isNotice: true)
    case .deployment, .failure, .undo:
      if plan.flow.onSuccess.contains(body) { self.init(title: "on_success", isNotice: true) }
      for case .script(let name, _, let function, let when, let place, _) in plan.flow.stages {
        if function == body.function { self.init(title: "stage \(name)", place: place, isStage: true) }
        if when == body.function { self.init(title: "when of stage \(name)", place: place, isStage: true) }
      }
    case .child: break
    }
  }
}
