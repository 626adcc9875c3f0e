import DeployCore
import DeployModel

extension Recipe {
  /// Returns a problem for each thing that the recipe lacks although every deployment needs it, no matter what the command line says.
  func lacks(in project: Project) -> [Problem] {
    var problems: [Problem] = []
    if revision == nil {
      problems.append(
        Problem(
          "recipe \"\(name)\" says nothing about what to deploy", place: place,
          fix: "add revision = bundle { from = \"dist\" }; --revision wins over it"))
    }
    if targets == .unset, project.groups.isEmpty {
      problems.append(
        Problem(
          "recipe \"\(name)\" has no targets, and there is no group that --group could name", place: place,
          fix: "add targets = { \"web1\" }, or group \"production\" { hosts = { … } }"))
    }
    return problems + rolloutProblems
  }

  /// The problem that the recipe has no rollout stage and so never changes a host, or empty if the recipe has such a stage.
  var rolloutProblems: [Problem] {
    if flow.stages.contains(where: { if case .rollout = $0 { true } else { false } }) { return [] }
    let origin = origins.first { $0.name == "stages" }?.value.text
    return [
      Problem(
        "the stages of recipe \"\(name)\" have no stage.rollout: no host would be changed",
        place: origin.flatMap(SourcePlace.init) ?? place,
        fix: "add stage.rollout to the list, with a strategy: stage.rollout { strategy = rolling { batch = 1 } }")
    ]
  }

  /// Returns a problem if the folder to pack does not exist and no build creates it, or nil otherwise.
  func sourceProblem(in folder: String, _ files: any ProjectFiles) -> Problem? {
    guard let revision, revision.build == nil, case .path(let path) = revision.source else { return nil }
    let absolute = files.absolute(path, in: folder)
    if files.exists(absolute) { return nil }
    let near = NearMatch.of(files.name(of: path), among: files.names(in: files.parent(of: absolute))).map { "did you mean \"\($0)\"?" }
    return Problem(
      "the bundle's source \"\(path)\" is not there", place: revision.place ?? place,
      fix: near ?? "make it first, or let lander do so: bundle { from = \"\(path)\", build = \"…\" }")
  }

  /// Describes which lines define the recipe. Recipes that are defined by the same loop have equal descriptions, because they have the same
  /// lines.
  var shape: [String] {
    flow.hooks.map { "\($0.event) \($0.place?.description ?? "")" }
      + flow.stages.map { stage in
        switch stage {
        case .upload: "upload"
        case .rollout(let strategy): "rollout \(strategy?.place?.description ?? "")"
        case .script(let name, _, _, _, let place, _): "\(name) \(place?.description ?? "")"
        }
      } + ["\(place?.description ?? "") \(flow.onFailure.count) \(flow.onSuccess.count)"]
  }
}

extension SourcePlace {
  /// Reads a line such as `deploy.lua:31`, or nil if the text does not have this form.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let line = Int(text[text.index(after: colon)...]) else { return nil }
    self.init(file: String(text[..<colon]), line: line)
  }
}
