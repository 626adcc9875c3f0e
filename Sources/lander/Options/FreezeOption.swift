import ArgumentParser

/// The option to deploy in spite of a freeze window. A task does not need it, because no freeze window delays a task.
struct FreezeOption: ParsableArguments {
  @Flag(help: "Deploy although a freeze window of the recipe is open. Needs --reason; the journal records the reason.")
  var overrideFreeze = false

  /// The option, if it was given.
  var choice: String? { overrideFreeze ? "--override-freeze" : nil }
}
