import ArgumentParser

/// The group whose hosts a command works with, for commands that work with one group.
struct GroupOption: ParsableArguments {
  @Option(help: ArgumentHelp("Use this group instead of the recipe's own.", valueName: "name"), completion: KnownNames.groups)
  var group: String?
}
