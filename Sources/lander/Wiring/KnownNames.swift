import ArgumentParser
import DeployDesk
import DeployModel

/// Names for shell completion, from the project and the journal of the current folder. If the project or the journal cannot be read, it
/// contributes no names.
enum KnownNames {
  static let recipes = CompletionKind.custom { _, _, _ in project?.recipes.map(\.name) ?? [] }
  /// The first words of requests. They are recipes or, for `lander run`, tasks and then recipes.
  static let requests = CompletionKind.custom { words, index, _ in
    guard let project else { return [] }
    let before = Elsewhere.rest(of: Array(words.prefix(max(0, index)).dropFirst())).filter { !$0.hasPrefix("-") }
    guard before.first == "run" else { return project.recipes.map(\.name) }
    guard before.count > 1 else { return Set(project.recipes.flatMap(\.tasks).map(\.name)).sorted() }
    return project.recipes.filter { recipe in recipe.tasks.contains { $0.name.isExactly(before[1]) } }.map(\.name)
  }
  static let groups = CompletionKind.custom { _, _, _ in project?.groups.map(\.name) ?? [] }
  static let hosts = CompletionKind.custom { _, _, _ in Set((project?.groups ?? []).flatMap(\.hosts).map(\.name)).sorted() }
  /// The ids of the newest deployments and trains in the state folder.
  static let deployments = CompletionKind.custom { _, _, _ async in
    let known = try? await Wiring.past(.plain)?.deployments()
    let trains = TrainFile.all(in: (try? ProjectOptions.plain.existingStateFolder()) ?? nil)
    return ["last"] + (known ?? []).prefix(50).map(\.id.rawValue) + trains.prefix(10).map(\.id.rawValue)
  }

  private static var project: Project? { try? Wiring.project(.plain).project }
}

extension ProjectOptions {
  /// The values that the options have if none are typed.
  fileprivate static var plain: ProjectOptions {
    var options = ProjectOptions()
    (options.project, options.state) = (nil, nil)
    return options
  }
}
