import ArgumentParser

/// The recipe, the hosts and the reason, for commands that deploy no revision of their own.
struct RecipeChoice: ParsableArguments {
  @OptionGroup var bundle: AppSpecOption
  @Argument(
    help: ArgumentHelp("The recipe, if the project has several.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var why: WhyOptions
  @OptionGroup var choice: HostChoice
}
