import DeployCore
import DeployEngine
import DeployHosts
import DeployModel
import DeployReport
import DeployStore

/// From a request to a plan: select, build, survey, plan, rehearse. Nothing on a host is changed.
struct Preparing {
  let project: LoadedProject
  let engine: Engine
  let terminal: Terminal

  struct Prepared {
    var plan: Plan
    var report: PlanReport
  }

  /// - Parameter connecting: false takes all hosts to be fresh and reaches none.
  /// - Throws: `Problems`, all that can be known at that point at once.
  func plan(_ wanted: (request: DeploymentRequest, unclear: [Problem]), connecting: Bool = true) async throws -> Prepared {
    let request = wanted.request
    let selection = try await select(request, besides: wanted.unclear)
    let built = try await build(selection.recipe, request.revision)
    let appSpec = try await appSpec(of: selection.recipe, built.manifest)
    let sources = try await engine.store.keep(project.project.sources)
    let preparation = connecting ? await survey(selection) : nil
    let left = try await DeadEngines.leftLocks(
      preparation?.surveys ?? [], of: selection.recipe.application, engine.journal, typed: project.typed
    ) {
      terminal.tell($0.sentenced)
    }
    let release = DirectoryBundleStore.release(
      of: built.bundle.digest, shared: selection.recipe.shared)
    var plan = try Planner.deployment(
      Planner.Input(
        selection: selection, release: release, bundle: built.bundle, manifest: built.manifest,
        sources: sources,
        surveys: preparation?.surveys ?? selection.hosts.map { _ in .reached(Preparing.freshHost) },
        kept: preparation?.kept ?? [],
        force: request.force, orphans: request.orphans,
        secrets: await preparation?.secrets(selection, of: release.id, ports: engine.ports) ?? []), by: Identity.make())
    plan.inherit(left)
    plan.recipes[0].appspec = appSpec.options
    let rehearsal = try await Rehearsing(plan, project, in: engine.store).run()
    try refuse(rehearsal.problems)
    plan.secrets = Array(Set(plan.secrets + rehearsal.secrets)).sorted()
    let wrong = await secretProblems(plan.secrets) + scriptProblems(built.manifest, rehearsal.good)
    let users = connecting ? await UserProbe(plan, rehearsal.good).problems(asking: engine.ports.transport) : []
    if !wrong.isEmpty || !users.isEmpty { throw Problems(wrong + users, exit: wrong.isEmpty ? .infrastructure : .usage) }
    var report = PlanReport(
      plan, rehearsal: rehearsal.good, failure: rehearsal.bad, findings: rehearsal.findings, loops: rehearsal.loops)
    report.installation = appSpec.installation
    return Prepared(plan: plan, report: report)
  }

  /// Recipe, group, hosts and parameters, together with what else is known to be wrong before anything is built.
  private func select(_ request: DeploymentRequest, besides unclear: [Problem]) async throws -> Selection {
    var problems: [Problem] = []
    var selection: Selection?
    do { selection = try Selection(request, in: project.project, besides: unclear) } catch { problems += error.list }
    if let recipe = try? Selection.recipe(request.recipe, in: project.project) {
      problems += recipe.rolloutProblems
      if recipe.revision == nil, request.revision == nil {
        problems.append(
          Problem(
            "recipe \"\(recipe.name)\" says nothing about what to deploy", place: recipe.place,
            fix: "add revision = bundle { from = \"dist\" }, or say --revision"))
      }
      if request.revision == nil, let problem = recipe.sourceProblem(in: project.folder) { problems.append(problem) }
    }
    if let wanted = request.revision {
      let recipe = try? Selection.recipe(request.recipe, in: project.project)
      if let problem = missing(wanted) ?? recipe.flatMap({ Preparing.unlike(wanted, $0) }) { problems.append(problem) }
    }
    if let selection { problems += PathOwners(project.project).problems(of: selection.recipe, on: selection.hosts) }
    if let selection {
      // Hosts that run something: also what no host of today shows is refused, such as a hook that stops what nobody has yet.
      let findings = try await DryRun(project: project).findings(selection, isFresh: false)
      problems += findings.filter(\.isCertain).map(\.problem).filter { !problems.contains($0) }
    }
    guard problems.isEmpty, let selection else { throw Problems(problems) }
    return selection
  }

  /// What is wrong with a revision that somebody typed, as far as that shows before it is packed.
  private func missing(_ wanted: String) -> Problem? {
    let path = Folder.absolute(wanted)
    guard !wanted.hasPrefix("git:"), !wanted.hasPrefix("bundle:"), !Folder.exists(path) else { return nil }
    let near = NearMatch.of(Folder.name(of: path), among: Folder.names(in: Folder.parent(of: path)))
    let fix =
      near.map { "did you mean \"\($0)\"?" }
      ?? (Folder.exists(project.folder + "/.git")
        ? "a branch, tag or commit is written git:\(wanted); a bundle of lander bundle list bundle:DIGEST"
        : "name a folder or an archive, or a bundle of lander bundle list: bundle:DIGEST")
    return Problem("there is no \(path)", subject: "--revision", fix: fix)
  }

  /// Why a commit cannot be packed as the recipe packs its bundle; nil where it can. One recipe has one layout, wherever its files
  /// come from.
  static func unlike(_ wanted: String, _ recipe: Recipe) -> Problem? {
    guard wanted.hasPrefix("git:"), let revision = recipe.revision else { return nil }
    let ref = wanted.dropFirst(4)
    if let build = revision.build {
      return Problem(
        "a commit is packed as it is, and the bundle of recipe \"\(recipe.name)\" is made by `\(SafeText.line(build))`",
        place: revision.place, subject: "--revision",
        fix: "build it in a checkout: git worktree add ../\(ref) \(ref) && lander -C ../\(ref) deploy")
    }
    if case .path(let from) = revision.source, from.hasPrefix("/") {
      return Problem(
        "a commit has no \(from), which is what recipe \"\(recipe.name)\" packs", place: revision.place, subject: "--revision",
        fix: "write from relative to the project")
    }
    return nil
  }

  /// Runs the build and packs the revision.
  func build(_ recipe: Recipe, _ wanted: String?) async throws -> BuiltBundle {
    if let wanted, wanted.hasPrefix("bundle:") {
      return try engine.store.built(String(wanted.dropFirst(7)))
    }
    if let problem = wanted.flatMap({ Preparing.unlike($0, recipe) }) { throw Problems(problem) }
    guard var revision = Preparing.revision(wanted, of: recipe) else {
      throw Problems(
        Problem(
          "recipe \"\(recipe.name)\" says nothing about what to deploy", place: recipe.place,
          fix: "add revision = bundle { from = \"dist\" }"))
    }
    revision.linksLeave = recipe.appspec != nil
    if let build = revision.build {
      // What a build prints is cleaned of the recipe's secrets, which it may find in its environment.
      await engine.expect(secretsNamedIn: project.project.sources)
      terminal.tell("Building: \(SafeText.line(build))")
    }
    let built = try await engine.store.build(
      revision, in: project.folder, run: Programs.runner(on: engine.machine, showing: terminal))
    for warning in built.warnings {
      let lines = warning.lines(on: terminal.err)
      terminal.tell(["warning: " + lines[0]] + lines.dropFirst())
    }
    return built
  }

  /// What somebody typed as a revision; the recipe's own where nothing was.
  static func revision(_ wanted: String?, of recipe: Recipe) -> Revision? {
    guard let wanted else { return recipe.revision }
    let ignore = recipe.revision?.ignore ?? []
    if wanted.hasPrefix("git:") {
      let (repository, folder): (String, String?) =
        switch recipe.revision?.source {
        case .git(_, let repository)?: (repository, recipe.revision?.folder)
        case .path(let from)? where from != ".": (".", from)
        default: (".", nil)
        }
      return Revision(
        source: .git(ref: String(wanted.dropFirst(4)), repository: repository), ignore: ignore, folder: folder)
    }
    return Revision(source: .path(Folder.absolute(wanted)), ignore: ignore)
  }

  /// The recipe's appspec options with the bundle's scripts in them, and the steps of its installation.
  /// - Throws: everything that would fail on the hosts, at once.
  private func appSpec(
    of recipe: Recipe, _ manifest: Manifest
  ) async throws -> (options: AppSpecOptions?, installation: [String]) {
    guard var options = recipe.appspec else { return (nil, []) }
    let bundle = try await AppSpecBundle(manifest, options, in: engine.store)
    try refuse(bundle.problems)
    if bundle.warnings > 0 {
      terminal.tell("The appspec file has \(bundle.warnings.of("warning")): \(Self.check(of: recipe, options)) shows them.")
    }
    options.scripts = bundle.scripts
    return (options, bundle.installation)
  }

  /// The command that shows what is odd about a recipe's bundle.
  private static func check(of recipe: Recipe, _ options: AppSpecOptions) -> String {
    var words = ["lander", "appspec", "check"]
    guard case .path(let path)? = recipe.revision?.source else {
      return words.joined(separator: " ") + " on the unpacked bundle"
    }
    words.append(path)
    if !["appspec.yml", "appspec.yaml"].contains(options.file) { words += ["--appspec-filename", options.file] }
    return words.map(Quoting.word).joined(separator: " ")
  }

  private func survey(_ selection: Selection) async -> Preparation {
    let count = selection.hosts.count
    terminal.tell("Asking \(count.of("host")) what \(count == 1 ? "it runs" : "they run") …")
    return await AnswerWatch.survey(selection, engine, terminal)
  }

  private func refuse(_ problems: [Problem]) throws {
    if !problems.isEmpty { throw Problems(problems) }
  }

  private func secretProblems(_ names: [String]) async -> [Problem] {
    var problems = await engine.secrets.missing(of: names)
    for name in names where !problems.contains(where: { $0.subject == name }) {
      // Found, and still refused where it is too short to be kept out of output: better now than in the middle.
      do { try await engine.expect(secrets: [name]) } catch {
        problems.append(error.problem(of: name))
      }
    }
    return problems
  }

  /// Scripts that a command names and whose first line ends in a carriage return: the kernel would look for `/bin/sh\r` and say
  /// *not found*.
  private func scriptProblems(_ manifest: Manifest, _ rehearsal: [Entry]) async -> [Problem] {
    var lines: [String] = []
    for entry in rehearsal {
      guard case .intended(let intent) = entry.fact, case .run(let command) = intent.operation,
        !lines.contains(command.line)
      else {
        continue
      }
      lines.append(command.line)
    }
    let words = Set(
      lines.flatMap {
        $0.split { " ;&|()'\"".contains($0) }.map {
          $0.hasPrefix("./") ? String($0.dropFirst(2)) : String($0)
        }
      })
    var problems: [Problem] = []
    for item in manifest.items
    where item.kind == .file && item.size < 1 << 20 && words.contains(item.path) {
      guard let digest = item.digest, let bytes = try? await engine.store.content(of: digest),
        bytes.starts(with: Array("#!".utf8)),
        bytes.prefix(while: { $0 != 0x0A }).last == 0x0D
      else { continue }
      problems.append(
        Problem(
          "the script has Windows line ends (CRLF): the host looks for an interpreter with a carriage return in its name: not found",
          subject: item.path,
          fix:
            "convert it: sed -i 's/\\r$//' \(item.path); git's setting: *.sh text eol=lf in .gitattributes"
        ))
    }
    return problems
  }

  /// A host on which nothing was ever deployed.
  static let freshHost = HostState(
    facts: HostFacts(
      shell: "sh", user: "unknown", bootID: "", freeBytes: .max / 2, freeInodes: .max / 2))
}
