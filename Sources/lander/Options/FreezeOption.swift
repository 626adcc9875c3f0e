import ArgumentParser

/// The option to deploy despite a freeze window. Tasks do not need it, because no freeze window delays a task.
struct FreezeOption: ParsableArguments {
  @Flag(help: "Deploy even if a freeze window of the recipe is open. This option needs --reason. The journal records the reason.")
  var overrideFreeze = false

  /// The option, if it was given.
  var choice: String? { overrideFreeze ? "--override-freeze" : nil }
}
