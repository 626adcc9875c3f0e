import DeployAppSpec
import DeployCore
import DeployDesk
import DeployEngine
import DeployHosts
import DeployLua
import DeployModel
import DeployStore

/// The composition root, which is the only place that refers to all concrete types.
enum Wiring {
  /// Reads `deploy.lua` and everything that it requires. Files are looked up first in the project, then on the search path, and then in
  /// Lander.
  /// - Parameters:
  ///   - kept: provides files and variables that are missing. If nil, a missing file or variable is a problem.
  ///   - reviews: whether the texts of the files are reviewed for warnings too, for commands that show them.
  /// - Throws: an error that lists all problems, including capabilities of plugins that this machine's policy does not allow.
  static func project(_ options: ProjectOptions, kept: KeptReads? = nil, reviews: Bool = false) throws -> LoadedProject {
    let folder = try options.folder()
    guard let text = try Folder.recipes(of: folder) else {
      throw Problems(Problem("there is no deploy.lua in \(folder)"))
    }
    let sources = try ProjectSources(folder, state: options.stateFolder())
    let read = try LuaProject.load(
      main: SourceFile(path: "deploy.lua", text: text), origins: sources.origins, refusing: { OptionNames.clash($0) },
      names: { requirable(from: folder) }, reviews: reviews, read: sources.read, lost: { kept?.text($0) })
    try PolicyFile.check(read.plugins)
    var project = read.project
    // The file with the people who are allowed to approve is pinned with the recipe, so that a running deployment keeps its own version of
    // it.
    if let signers = try Folder.text(at: "\(folder)/\(SignedApproval.signers)", most: SourceFile.mostBytes) {
      let file = SourceFile(path: SignedApproval.signers, text: signers)
      project.sources = (project.sources + [file]).sorted { $0.path < $1.path }
    }
    project.placeRoots(in: folder)
    return LoadedProject(folder: folder, project: project, plugins: read.plugins)
  }

  /// Returns the desk for a project's plugins from elsewhere.
  /// - Throws: if there is no project.
  static func plugins(of options: ProjectOptions) throws -> PluginDesk {
    let folder = try options.folder()
    return PluginDesk(
      sources: PluginRepositories(folder: folder), shelf: ProjectPlugins(folder: folder, state: options.stateFolder()))
  }

  /// Makes the desk of a project.
  /// - Parameters:
  ///   - onlyReads: whether the command only reads. If so, a missing state folder is not made, and if it was given with `--state`, a remark
  ///     says so.
  ///   - tell: called with each event while the desk works.
  static func desk(
    for project: LoadedProject, _ options: ProjectOptions, onlyReads: Bool = false, tell: @escaping @Sendable (DeskEvent) -> Void
  ) throws -> Desk {
    let path = options.stateFolder()
    if Folder.isDeadLink(path) { throw Problems(Folder.deadLink(path)) }
    guard onlyReads, !Folder.exists(path) else { return try desk(in: project.folder, state: StateDirectory(path), tell) }
    if options.state != nil { tell(.remark("There is no state folder \(path). lander does not know what was deployed from it.")) }
    let passing = try PassingFolder()
    EarlyEnd.also { passing.remove() }
    return try desk(in: project.folder, state: StateDirectory(passing.path + "/state", isDurable: false), leaving: passing, tell)
  }

  /// Makes a desk for deployments that were made from this state folder. This works even if the project itself can no longer be loaded.
  /// - Throws: if nothing was ever deployed from here.
  static func pastDesk(_ options: ProjectOptions, tell: @escaping @Sendable (DeskEvent) -> Void) throws -> Desk {
    guard let folder = try options.existingStateFolder() else {
      throw Problems(Problem("nothing was deployed from here yet", fix: "lander deploy makes the first deployment"))
    }
    return try desk(in: options.folderOrHere, state: StateDirectory(folder), tell)
  }

  /// Returns the deployments that were made from here, or nil if nothing was deployed from here.
  static func past(_ options: ProjectOptions) throws -> PastDeployments? {
    try options.existingStateFolder().map { PastDeployments(try SQLiteJournal(in: try StateDirectory($0))) }
  }

  /// Returns the deployments that were made from here, for commands that need at least one.
  /// - Throws: if nothing was ever deployed from here. The problem suggests another command to try.
  static func somePast(_ options: ProjectOptions, fix: String) throws -> PastDeployments {
    if let past = try past(options) { return past }
    throw Problems(Problem("nothing was deployed from here yet", fix: fix))
  }

  /// Returns the store of this machine's bundles, or nil if no bundle was ever built.
  static func shelf(_ options: ProjectOptions) throws -> (any BundleShelf)? {
    try options.existingStateFolder().map { try DirectoryBundleStore(in: StateDirectory($0)) }
  }

  /// Returns the store of this machine's bundles, for commands that need the store.
  /// - Throws: if no bundle was ever built.
  static func someShelf(_ options: ProjectOptions) throws -> any BundleShelf {
    if let shelf = try shelf(options) { return shelf }
    throw Problems(Problem("there are no bundles yet", fix: "lander bundle build makes one"))
  }

  /// Returns a function that signs approvals with a key.
  /// - Parameter key: the file of a key, absolute.
  static func signing(key: String) -> Signing {
    { text throws(Problem) in try ApprovalSignatures.form.sign(text, key: key) }
  }

  /// Returns the signing of the bundle whose digest begins with `prefix`.
  /// - Throws: if there is no such bundle, or several.
  static func signing(_ options: ProjectOptions, of prefix: String) throws -> BundleSigning {
    let bundle = try someShelf(options).inspect(prefix).stored.bundle.digest
    return BundleSigning(store: try DirectoryBundleStore(in: StateDirectory(options.stateFolder())), bundle: bundle)
  }

  /// The parts that a rehearsal of recipes needs.
  static var stage: RehearsalStage { stage(nil) }

  /// - Parameters:
  ///   - coverage: records which lines of recipes run, or nil if nothing records them.
  ///   - plugins: checks plugins before pinned recipes run for real, or nil if recipes are only rehearsed.
  static func stage(_ coverage: Coverage?, _ plugins: PinnedPlugins? = nil) -> RehearsalStage {
    RehearsalStage(library: LuaLibrary(coverage: coverage, plugins: plugins), files: MachineFiles(), identity: { Identity.make() })
  }

  /// Makes the desk of a lab, which deploys to throwaway hosts on this machine.
  static func desk(for project: LoadedProject, _ lab: LabParts, tell: @escaping @Sendable (DeskEvent) -> Void) throws -> Desk {
    try desk(in: project.folder, state: StateDirectory(lab.folder.state), lab: lab, tell)
  }

  /// - Parameters:
  ///   - passing: a temporary folder that is removed with the desk, or nil if there is none.
  ///   - lab: the parts of a lab, or nil if the desk deploys to real hosts.
  private static func desk(
    in folder: String, state: StateDirectory, leaving passing: PassingFolder? = nil, lab: LabParts? = nil,
    _ tell: @escaping @Sendable (DeskEvent) -> Void
  ) throws -> Desk {
    let journal = try SQLiteJournal(in: state)
    // If ssh-keygen is missing, a signature counts as matching here. That is harmless, because the signature is verified before anything
    // relies on it.
    let store = try DirectoryBundleStore(in: state) { text, bundle in (try? BundleSignature.fits(bundle, text)) ?? true }
    let providers = SecretProviders(lab?.secrets ?? SecretSources.all(of: folder))
    // There is only one vault, because a value that a host got must not appear in the output of a command on this machine.
    let vault = Vault(providers)
    let trace: Hosts.TraceOf = { Telemetry.parent(of: $0, host: $1, event: $2?.rawValue) }
    let trust: any BundleTrust = lab == nil ? PolicyTrust(store: store) : AnyBundle()
    let hosts = Hosts(
      options: lab?.options ?? Hosts.Options(), store: SignedBundles(store, trust), vault: vault, complain: { tell(.warning($0)) },
      trace: trace)
    let processes = EngineProcesses(
      directory: folder, vault: vault, claims: state.here, settings: lab?.folder.settings ?? [], trace: trace)
    let machine: any EngineMachine = lab.map { LabMachine(over: processes, in: $0.scene) } ?? processes
    let mailbox = StateMailbox(in: state) { tell(.warning($0)) }
    let stage = stage(nil, PinnedPlugins(shelf: ProjectPlugins(folder: folder, state: lab?.shelf ?? state.path)))
    let ports = Ports(
      transport: transport(to: hosts, lab), machine: machine, bundles: store, journal: journal, clock: SystemClock(),
      actor: Identity.named, mailboxes: [mailbox, hosts.inbox], copies: StoredCopies(journal, store),
      signatures: lab.map { _ in LabSignatures() } ?? ApprovalSignatures())
    let desk = Desk(
      ports: ports, journal: journal, shelf: store, builder: MachineBuilder(store: store, machine: processes),
      reviewer: AppSpecReviewer(), watch: hosts, secrets: VaultSecrets(providers: providers, hosts: hosts),
      engines: ClaimHolders(claims: state.claims), messages: mailbox, hosts: hosts,
      stage: lab.map { stage.wrapped($0.scene) } ?? stage,
      machine: Identity.machine, commits: GitHistory(machine: processes), system: Identity.system, releases: hosts, trust: trust,
      zones: { TimeZones.table(of: $0) },
      ending: {
        await processes.end()
        await hosts.close()
      },
      closing: {
        await hosts.close()
        await processes.close()
        passing?.remove()
      }, tell: tell)
    EarlyEnd.also { await desk.endPrograms() }
    return desk
  }

  /// Returns the transports by their names. New transports are registered here. All transports that give a shell have the same type.
  private static func transport(to hosts: Hosts, _ lab: LabParts?) -> any Transport {
    let all = AppSpecTransport(over: Transports(OwnTransport.all.map { Transports.Entry($0.name, hosts) }, shells: hosts))
    guard let lab else { return all }
    return LabTransport(over: all, in: lab.scene)
  }

  /// Returns a function that reads files by the paths that `require` and `read_text` use, and environment variables as `$NAME`. It reads
  /// only files of the project, of Lander, and of the search path. From the search path, it reads only plugins and recipes.
  /// - Throws: an error that says what is wrong with the search path.
  static func reader(of folder: String) throws(Problems) -> @Sendable (String) throws(Problem) -> String? {
    let (shipped, company) = (Shipped.folder(), try SearchPath.folders())
    return { path throws(Problem) in
      if path.hasPrefix("$") { return Folder.variable(String(path.dropFirst())) }
      guard !path.isAbsolutePath, !path.pathParts.contains("..") else { return nil }
      if let text = try Folder.text(at: "\(folder)/\(path)", most: SourceFile.mostBytes) {
        try Folder.refuseLeadingOut(path, of: folder)
        return text
      }
      let parts = path.pathParts
      if parts.count > 1, parts[0] == "plugins" || parts[0] == "recipes" {
        for root in company {
          if let text = try Folder.text(at: "\(root)/\(path)", most: SourceFile.mostBytes) {
            if let reason = OwnFile.doubt("\(root)/\(path)") { throw reason }
            return text
          }
          // All files of a plugin come from the same folder.
          if parts[0] == "plugins", Folder.isDirectory("\(root)/plugins/\(parts[1])") { return nil }
        }
      }
      guard let shipped else { return nil }
      return try Folder.text(at: "\(shipped)/\(path)")
    }
  }

  /// Returns the names that a project in the folder can require. These are its own plugins, the plugins of the search path and of Lander,
  /// and recipes.
  static func requirable(from folder: String) -> [String] {
    let roots = [folder] + ((try? SearchPath.folders()) ?? []) + (Shipped.folder().map { [$0] } ?? [])
    let plugins = roots.flatMap { root in
      Folder.names(in: "\(root)/plugins").filter { Folder.exists("\(root)/plugins/\($0)/init.lua") }
    }
    func recipes(_ path: String) -> [String] {
      roots.flatMap { Folder.names(in: "\($0)/\(path)") }.flatMap { name -> [String] in
        if name.hasSuffix(".lua") { return ["\(path)/\(name.dropLast(4))".replacing("/", with: ".")] }
        return path == "recipes" ? recipes("\(path)/\(name)") : []
      }
    }
    return plugins + recipes("recipes")
  }
}
