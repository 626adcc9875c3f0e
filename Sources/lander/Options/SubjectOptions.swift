import ArgumentParser
import DeployDesk
import DeployModel
import Foundation

/// What is deployed and to which hosts: the recipe, its parameters, the group and the hosts. A simulated deployment needs no more.
struct SubjectOptions: ParsableArguments {
  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp(
      "The recipe and its parameters: web --percent 10% --no-migrate. If the project has one recipe, you can omit its name.",
      valueName: "recipe"), completion: KnownNames.requests)
  var words: [String] = []

  @Option(
    help: ArgumentHelp(
      "Use this group instead of the recipe's own. Only lander deploy takes several groups, in order: staging,production.",
      valueName: "name"), completion: KnownNames.groups)
  var group: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only these hosts of the group. In a name, * stands for any characters.", valueName: "host"))
  var only: [String] = []

  @OptionGroup var tags: WhereOption

  @Option(
    help: ArgumentHelp(
      "Set a parameter of the recipe. This is the long form of --NAME VALUE. lander refuses two different values for one parameter.",
      valueName: "name=value"))
  var param: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read parameters from this file, which contains a JSON object. Options override the file. The file overrides environment "
        + "variables such as LANDER_PARAM_PERCENT.", valueName: "file"))
  var params: String?

  /// The first option or word that was given to say what is deployed, or nil if there is none.
  var choice: String? {
    let options: [(String, Bool)] = [
      ("--group", group != nil), ("--only", !only.isEmpty), ("--where", !tags.conditions.isEmpty),
      ("--param", !param.isEmpty), ("--params", params != nil),
    ]
    return words.first ?? options.first { $0.1 }?.0
  }

  /// Returns the groups in the value of `--group`, or an empty list if the option was not given. If the whole value is the name of one
  /// group, that name can contain commas.
  func groups(of project: Project) -> [String] {
    guard let group, group.contains(","), !project.groups.contains(where: { $0.name.isExactly(group) }) else {
      return group.map { [$0] } ?? []
    }
    return group.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingPrefix { $0 == " " } }
      .map { String($0.reversed().trimmingPrefix { $0 == " " }.reversed()) }
  }

  /// Returns the deployment that the command line requests.
  /// - Throws: `Problems` if `--only` has no host's name, or if `--where` has no tag and value.
  /// - Parameter whole: the project of which `project` is a part, or nil if the two are the same.
  func asked(of project: Project, in whole: Project? = nil) throws(Problems) -> Asked {
    let groups = groups(of: project)
    var asked = try asked(of: project, group: group, in: whole)
    if groups.count > 1 {
      asked.request.group = groups[0]
      asked.unclear.append(
        Problem("only deploy takes several groups", subject: "--group", fix: "give one at a time: --group \(groups[0])"))
    }
    return asked
  }

  /// Returns the deployment that the command line requests, for one of several groups.
  /// - Parameter variables: whether environment variables can set parameters.
  func asked(of project: Project, group: String?, in whole: Project? = nil, variables: Bool = true) throws(Problems) -> Asked {
    let given = RecipeOptions(
      words, explicit: param, recipes: project.recipes.map(\.name), declared: RecipeOptions.declared(in: project, for: words),
      options: OptionNames.typed.sorted())
    let own = project.recipes.first { one in given.recipe.map { one.name.isExactly($0) } ?? (project.recipes.count == 1) }
    let outside = GivenParameters(
      file: params, own: own.map { $0.parameters + $0.inherited } ?? [],
      all: (whole ?? project).recipes.flatMap { $0.parameters + $0.tasks.flatMap(\.parameters) },
      environment: variables ? ProcessInfo.processInfo.environment.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 } : [])
    let request = DeploymentRequest(
      recipe: given.recipe, group: group, only: try HostChoice.names(only) + tags.words, parameters: outside.members + given.parameters)
    return Asked(request, unclear: given.problems + outside.problems)
  }
}
