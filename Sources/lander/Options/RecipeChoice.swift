import ArgumentParser

/// The recipe, the hosts and the reason, for commands that do not deploy a new revision.
struct RecipeChoice: ParsableArguments {
  @OptionGroup var bundle: AppSpecOption
  @Argument(
    help: ArgumentHelp("The recipe, if the project has several.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var why: WhyOptions
  @OptionGroup var choice: HostChoice
}
