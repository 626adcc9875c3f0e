import ArgumentParser

/// The recipe, the hosts and the reason of a command that brings no revision of its own.
struct RecipeChoice: ParsableArguments {
  @OptionGroup var bundle: AppSpecOption
  @Argument(
    help: ArgumentHelp("The recipe; the only one if none is named.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var why: WhyOptions
  @OptionGroup var choice: HostChoice
}
