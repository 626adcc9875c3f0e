import DeployModel

extension NamedTask {
  /// Returns a problem if the task takes hosts out of service with hooks that the recipe lacks. Returns nil if the recipe has these hooks,
  /// or if the task needs none.
  func idleAround(of recipe: Recipe) -> Problem? {
    func has(_ segment: Segment, besides other: LifecycleEvent? = nil) -> Bool {
      recipe.flow.hooks.contains { hook in segment.events.contains(hook.event) && hook.event != other }
    }
    switch work.around {
    case .drain? where !has(.stop, besides: .applicationStop):
      return Problem(
        "task \"\(name)\" has drain = true, and recipe \"\(recipe.name)\" has no hook that takes a host out of traffic: nothing is drained",
        place: place, fix: "add BlockTraffic and AllowTraffic to the recipe's on, or a base that has them; or leave drain out")
    case .restart? where !recipe.flow.hooks.contains { $0.event == .applicationStop || $0.event == .applicationStart }:
      return Problem(
        "task \"\(name)\" has restart = true, and recipe \"\(recipe.name)\" has neither ApplicationStop nor ApplicationStart: "
          + "nothing is restarted",
        place: place, fix: "add both to the recipe's on, or leave restart out")
    default: return nil
    }
  }
}
