import DeployAppSpec
import DeployCore
import DeployEngine
import DeployHosts
import DeployLua
import DeployModel
import DeployReport
import DeployStore

/// A project's `deploy.lua`, read.
struct LoadedProject: Sendable {
  var folder: String
  var project: Project
  /// What deserves a look about the folder, beyond what the recipe shows.
  var warnings: [Problem] = []
  /// The options that named it, where it has no `deploy.lua`.
  var typed: String?
}

/// Everything that runs a deployment, put together.
struct Engine: Sendable {
  var state: StateDirectory
  var journal: SQLiteJournal
  var store: DirectoryBundleStore
  var hosts: Hosts
  var machine: EngineProcesses
  var secrets: SecretProviders
  var library: LuaLibrary
  var ports: Ports

  /// Looks for the values of these secrets in everything that comes back from now on.
  func expect(secrets names: [String]) async throws(Failure) {
    try await hosts.expect(secrets: names)
  }

  /// The same for all that recipes name in their texts, before any of them ran.
  /// - Returns: the names whose values cannot be had here, or are too short to be looked for. Whatever needs one of them says so.
  @discardableResult func expect(secretsNamedIn sources: [SourceFile]) async -> [String] {
    var names: Set<String> = []
    /// Names that stand in a comment only, as an example: nobody asks for their values.
    var examples: Set<String> = []
    for source in sources {
      for match in source.text.matches(of: /\bsecret\b[\s(]*["']([A-Za-z0-9_.\-]{1,200})["']/) {
        let before = source.text[..<match.range.lowerBound]
        let line = before[(before.lastIndex(where: \.isNewline) ?? before.startIndex)...]
        if line.contains("--") { examples.insert(String(match.1)) } else { names.insert(String(match.1)) }
      }
    }
    var unknown: [String] = []
    for name in examples.subtracting(names).sorted() { try? await expect(secrets: [name]) }
    for name in names.sorted() {
      do { try await expect(secrets: [name]) } catch { unknown.append(name) }
    }
    return unknown
  }

  /// Ends what runs on this machine: builds, git, and clients that wait for hosts.
  func endPrograms() async {
    await machine.end()
    await hosts.close()
  }

  func close() async {
    await hosts.close()
    await machine.close()
  }
}

/// The composition root: the one place that names every concrete type.
enum Wiring {
  /// Reads `deploy.lua` and what it requires: from the project first, then from what comes with lander.
  static func project(_ options: ProjectOptions) throws -> LoadedProject {
    let folder = try options.folder()
    guard let text = try Folder.text(at: folder + "/deploy.lua") else {
      throw Problems(Problem("there is no deploy.lua in \(folder)"))
    }
    var project = try LuaProject.load(
      main: SourceFile(path: "deploy.lua", text: text), refusing: { OptionNames.clash($0) }, read: reader(of: folder)
    ).project
    project.placeRoots(in: folder)
    return LoadedProject(folder: folder, project: project)
  }

  /// The doors of one engine for a project.
  static func engine(for project: LoadedProject, _ options: ProjectOptions) throws -> Engine {
    try engine(in: project.folder, state: StateDirectory(options.stateFolder()))
  }

  /// An engine for what was deployed from here before; the project itself need not load any more.
  static func pastEngine(_ options: ProjectOptions) throws -> (Engine, PastDeployments) {
    guard let past = try PastDeployments.open(options) else {
      throw Problems(
        Problem(
          "nothing was deployed from here yet", fix: "lander deploy makes the first deployment"))
    }
    let engine = try engine(in: options.folderOrHere, state: past.journal.state)
    return (engine, PastDeployments(journal: engine.journal))
  }

  /// The bundles of this machine; nil where none was ever built.
  static func bundles(_ options: ProjectOptions) throws -> DirectoryBundleStore? {
    try options.existingStateFolder().map { try DirectoryBundleStore(in: StateDirectory($0)) }
  }

  private static func engine(in folder: String, state: StateDirectory) throws -> Engine {
    let journal = try SQLiteJournal(in: state)
    let store = try DirectoryBundleStore(in: state)
    let secrets = SecretProviders(providers(of: folder))
    // One for all ways in and out: what a host was given must not come back by a command of this machine.
    let vault = Vault(secrets)
    let hosts = Hosts(store: store, vault: vault)
    let machine = EngineProcesses(directory: folder, vault: vault)
    let ports = Ports(
      transport: AppSpecTransport(over: hosts), machine: machine, bundles: store, journal: journal, clock: SystemClock(),
      actor: Identity.actor)
    let engine = Engine(
      state: state, journal: journal, store: store, hosts: hosts, machine: machine,
      secrets: secrets, library: LuaLibrary(), ports: ports)
    EarlyEnd.also { await engine.endPrograms() }
    return engine
  }

  /// The environment, then the file `.lander/secrets` beside `deploy.lua`, then the program that `LANDER_SECRETS_COMMAND` names.
  private static func providers(of folder: String) -> [any SecretProvider] {
    var providers: [any SecretProvider] = [
      EnvironmentSecrets(Folder.environment), FileSecrets(folder + "/.lander/secrets"),
    ]
    if let command = Folder.variable("LANDER_SECRETS_COMMAND"), !command.isEmpty {
      let machine = EngineProcesses(directory: folder, vault: Vault(SecretProviders([])))
      let run = Programs.runner(on: machine, showing: nil)
      providers.append(
        CommandSecrets(command.split(separator: " ").map(String.init), in: folder, run: run))
    }
    return providers
  }

  /// Files by the paths that `require` uses; nothing outside the two folders can be named.
  static func reader(of folder: String) -> @Sendable (String) -> String? {
    let shipped = Shipped.folder()
    return { path in
      guard !path.isAbsolutePath, !path.pathParts.contains("..") else { return nil }
      if let text = (try? Folder.text(at: "\(folder)/\(path)")).flatMap({ $0 }) { return text }
      return shipped.flatMap { (try? Folder.text(at: "\($0)/\(path)")).flatMap { $0 } }
    }
  }
}

/// Recipes from their pinned sources alone.
struct LuaLibrary: RecipeLibrary {
  func scripts(of plan: Plan, sources: [[SourceFile]]) throws -> any Scripts {
    if plan.engine != Version.number {
      let refused = sources.lazy.compactMap { Prelude.refusal(of: $0, for: plan.id, begunBy: plan.engine) }.first
      if let refused { throw Problems(refused, exit: .refused) }
    }
    return try LuaRecipes(plan: plan, sources: sources)
  }

  func recipe(named name: String, in sources: [SourceFile]) throws -> Recipe {
    try LuaProject.kept(name, in: sources)
  }
}
