import ArgumentParser
import DeployCore
import DeployModel
import DeployReport
import DeployStore

/// Bundles in the store of this machine.
struct BundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Builds, lists, inspects, verifies and prunes bundles.",
    subcommands: [
      BundleBuild.self, BundleList.self, BundleInspect.self, BundleVerify.self, BundlePrune.self,
    ])

  /// - Throws: where no bundle was ever built.
  static func store(_ options: ProjectOptions) throws -> DirectoryBundleStore {
    guard let store = try Wiring.bundles(options) else {
      throw Problems(Problem("there are no bundles yet", fix: "lander bundle build makes one"))
    }
    return store
  }
}

/// Builds a recipe's bundle without deploying it.
struct BundleBuild: Verb {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Builds a recipe's bundle and prints its digest.",
    discussion: "The same content has the same digest, on any machine.")

  @OptionGroup var options: ProjectOptions
  @Argument(
    help: ArgumentHelp("The recipe; the only one where none is named.", valueName: "recipe"))
  var recipe: String?
  @Option(
    help: ArgumentHelp(
      "A revision other than the recipe's own: a folder, an archive, git:REF, or bundle:DIGEST of lander bundle list.",
      valueName: "revision"))
  var revision: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options)
    let recipe = try Selection.recipe(recipe, in: project.project)
    let engine = try Wiring.engine(for: project, options)
    return try await Asking.with(engine) { engine in
      let built = try await Preparing(project: project, engine: engine, terminal: terminal).build(
        recipe, revision)
      terminal.say(built.bundle.digest.hex)
      terminal.tell(
        "\(SafeText.line(built.bundle.source)): \(built.bundle.files.of("file")), \(built.bundle.bytes.inBytes)"
      )
      return .done
    }
  }
}

/// Lists the bundles in the store.
struct BundleList: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the bundles in the store, the newest first.")
  @OptionGroup var options: ProjectOptions
  @Flag(help: "Print JSON.")
  var json = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let all = try Wiring.bundles(options)?.list() ?? []
    if json {
      terminal.say(
        JSON.text(
          .list(
            all.map { stored in
              JSON.record([
                ("digest", .text(stored.bundle.digest.hex)), ("built", .text(When.iso(stored.at))),
                ("files", .int(stored.bundle.files)),
                ("bytes", .int(stored.bundle.bytes)), ("source", .text(stored.bundle.source)),
              ])
            })))
      return .done
    }
    let rows = all.map { stored in
      [
        stored.bundle.digest.short, When(stored.at, zone: terminal.out.zone).full,
        stored.bundle.files.of("file"),
        stored.bundle.bytes.inBytes, SafeText.line(stored.bundle.source),
      ]
    }
    let table = Table(["BUNDLE", "BUILT", "FILES", "SIZE", "OF"], rows: rows)
    terminal.say(
      all.isEmpty
        ? ["No bundles yet. lander bundle build makes one."] : table.lines(on: terminal.out))
    return .done
  }
}

/// Prints what a bundle holds.
struct BundleInspect: Verb {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Prints what a bundle holds, path by path.")
  @OptionGroup var options: ProjectOptions
  @Argument(help: ArgumentHelp("The beginning of its digest.", valueName: "bundle"))
  var bundle: String

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (stored, manifest) = try BundleCommand.store(options).inspect(bundle)
    terminal.tell(
      "\(stored.bundle.digest.hex), \(SafeText.line(stored.bundle.source)), \(stored.bundle.files.of("file"))"
    )
    let rows = manifest.items.map { item -> [String] in
      let mode = String(item.mode, radix: 8)
      let what =
        item.kind == .link ? "→ \(SafeText.line(item.target ?? ""))" : item.digest?.short ?? ""
      let size = item.kind == .file ? item.size.inBytes : ""
      return [item.kind.rawValue, mode, size, what, SafeText.line(item.path)]
    }
    terminal.say(Table([], rows: rows).lines(on: terminal.out))
    return .done
  }
}

/// Reads every file of bundles again.
struct BundleVerify: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads every file of a bundle, or of all, and compares it with its digest.")
  @OptionGroup var options: ProjectOptions
  @Argument(
    help: ArgumentHelp("The beginning of its digest; all where none is named.", valueName: "bundle")
  )
  var bundle: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let store = try BundleCommand.store(options)
    let chosen = try bundle.map { try store.find($0).bundle.digest }
    let problems = try await store.verify(chosen)
    if !problems.isEmpty { throw Problems(problems, exit: .infrastructure) }
    terminal.say(
      chosen == nil
        ? "Every bundle is whole: \(try store.list().count.of("bundle"))." : "The bundle is whole.")
    return .done
  }
}

/// Removes old bundles from the store of this machine.
struct BundlePrune: Verb {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Removes all but the newest bundles from this machine.",
    discussion: """
      Bundles of deployments that have not ended stay, and the last two that were good in each application and group: what runs now and \
      what ran before it. Hosts are not touched; going back there needs no bundle from here.
      """)
  @OptionGroup var options: ProjectOptions
  @Option(help: ArgumentHelp("So many stay.", valueName: "count"))
  var keep = 5

  func validate() throws { if keep < 0 { throw ValidationError("--keep takes 0 or more") } }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    guard let store = try Wiring.bundles(options) else {
      terminal.say("There are no bundles yet.")
      return .done
    }
    let deployments = try await PastDeployments.open(options)?.journal.deployments() ?? []
    let before = try store.list().map(\.bundle.digest)
    let inUse = BundlePrune.inUse(deployments)
    let gone = try await store.prune(keep: keep, inUse: inUse)
    terminal.say("Removed \(gone.bundles.count.of("bundle")), \(gone.files.of("file")), \(gone.bytes.inBytes).")
    let spared = before.dropFirst(keep).count { inUse.contains($0) }
    if spared > 0 {
      terminal.say("\(spared.of("older bundle")) stayed: of what runs, of what ran before it, or of a deployment that has not ended.")
    }
    return .done
  }

  /// - Parameter deployments: the newest first.
  static func inUse(_ deployments: [DeploymentSummary]) -> [Digest] {
    var kept: [Digest] = []
    var good: [String: [Digest]] = [:]
    for deployment in deployments {
      guard let bundle = deployment.bundle else { continue }
      let place = "\(deployment.application) \(deployment.group)"
      if deployment.status == nil { kept.append(bundle) }
      if deployment.status == .succeeded, !good[place, default: []].contains(bundle) { good[place, default: []].append(bundle) }
    }
    return kept + good.values.flatMap { $0.prefix(2) }
  }
}
