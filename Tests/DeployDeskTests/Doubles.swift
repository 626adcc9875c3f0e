import DeployCore
import DeployDesk
import DeployEngine
import DeployLua
import DeployModel
import DeploySimulation
import Synchronization

/// Loads recipes as the command line does.
struct LuaShelf: RehearsalLibrary {
  func scripts(of plan: Plan, sources: [[SourceFile]]) throws -> any Scripts { try LuaRecipes(plan: plan, sources: sources) }
  func recipe(named name: String, in sources: [SourceFile]) throws -> Recipe { try LuaProject.kept(name, in: sources) }
  func rehearsed(
    _ plan: Plan, sources: [[SourceFile]], as mode: Rehearsal, hasFaults: Bool
  ) throws(Problems) -> any RehearsedRecipes {
    try RehearsedScripts(plan: plan, sources: sources, as: mode, hasFaults: hasFaults)
  }
  func simulated(_ plan: Plan, sources: [[SourceFile]]) -> (UInt64) throws(Problems) -> any RehearsedRecipes {
    let facts = PlanFacts()
    return { seed throws(Problems) in
      try RehearsedScripts(plan: plan, sources: sources, as: .faults, hasFaults: true, seed: seed, facts: facts, isMeasured: true)
    }
  }
  func prompt(_ plan: Plan, sources: [SourceFile]) throws(Problems) -> any PromptScripts {
    try LuaRecipes(plan: plan, sources: [sources], takesLines: true)
  }
}

extension RehearsedScripts: RehearsedRecipes {}
extension LuaRecipes: PromptScripts {}

/// The files of a project in `/bench`, by their paths in the project.
final class BenchFiles: ProjectFiles {
  private let files: Mutex<[String: String]>
  let current = "/bench"
  let home: String? = "/home/bench"

  init(_ files: [String: String]) { self.files = Mutex(files) }

  subscript(path: String) -> String? {
    get { files.withLock { $0[path] } }
    set { files.withLock { $0[path] = newValue } }
  }

  /// Returns the files below a folder, by their paths in the folder.
  func below(_ folder: String) -> [(path: String, text: String)] {
    files.withLock { files in
      files.compactMap { path, text in path.hasPrefix(folder + "/") ? (String(path.dropFirst(folder.count + 1)), text) : nil }
    }
  }

  func exists(_ path: String) -> Bool {
    guard path.hasPrefix(current + "/") else { return path == current }
    let own = String(path.dropFirst(current.count + 1))
    return files.withLock { $0.keys.contains { $0 == own || $0.hasPrefix(own + "/") } }
  }

  func names(in path: String) -> [String] {
    let prefix = path == current ? "" : String(path.dropFirst(current.count + 1)) + "/"
    let names = files.withLock { files in
      files.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) }
    }
    return Set(names).sorted()
  }
}

/// Packs folders of a project in memory. A build command writes nothing.
struct BenchBuilder: BundleBuilder {
  let files: BenchFiles
  let shelf: MemoryShelf

  func build(
    _ revision: Revision, in project: String, output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Problems) -> BuiltBundle {
    guard case .path(let path) = revision.source else { throw Problems(Problem("no git here")) }
    if let command = revision.build {
      let bytes = Array("made by \(command)\n".utf8)
      output(OutputChunk(intent: 0, place: .engine, stream: .stdout, offset: 0, bytes: bytes))
    }
    let folder = path.hasPrefix("/bench/") ? String(path.dropFirst("/bench/".count)) : path
    return shelf.pack(files.below(folder), from: path)
  }
}

/// A review that finds nothing in bundles.
struct NoReview: BundleReviewer {
  func review(_ manifest: Manifest, _ options: AppSpecOptions, in store: any BundleStore) async throws -> ReviewedBundle {
    ReviewedBundle(problems: [], warnings: 0, scripts: [], installation: [])
  }
}

/// Hosts whose releases are as they were delivered, except on the hosts that are named.
struct BenchWatch: HostWatch {
  var deviations: [String: [Deviation]] = [:]
  var bundle = Digest(hex: "00")

  func listen(_ heard: @escaping @Sendable (HostNotice) -> Void) {}
  func verify(_ host: Host, at path: String, current: Release.ID) async throws(Failure) -> Verification {
    Verification(release: current, bundle: bundle, entries: 2, deviations: deviations[host.name] ?? [])
  }
}

/// Reads releases of simulated hosts. Their files come from a shelf.
struct BenchReleases: ReleaseReader {
  let transport: SimulatedTransport
  let origin: MemoryShelf
  /// The names of the hosts on which one file differs from what was delivered.
  var edited: [String] = []

  func manifest(of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> Manifest {
    let kept = transport.hosts.first { $0.name == host.name }?.releases.first { $0.release.id == release }
    guard let kept else { throw Failure(.missing, "release \(release) is not on the host") }
    return try await origin.manifest(of: kept.release.bundle)
  }

  func read(_ parts: [BundlePart], of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> [[UInt8]] {
    let manifest = try await manifest(of: release, on: host, at: path)
    var contents: [[UInt8]] = []
    for part in parts {
      guard let digest = manifest.items.first(where: { $0.path == part.path })?.digest else { throw Failure(.missing, part.path) }
      let bytes = try await origin.content(of: digest)
      contents.append(edited.contains(host.name) ? bytes.map { $0 ^ 1 } : Array(bytes[part.offset..<part.offset + part.count]))
    }
    return contents
  }
}

/// Has all secrets except those that are named.
struct BenchSecrets: SecretKeeper {
  var lacks: [String] = []

  func missing(of names: [String]) async -> [Problem] {
    names.filter(lacks.contains).map { Problem("nobody has the secret \($0)", subject: $0) }
  }
  func expect(_ names: [String]) async throws(Failure) {
    for name in names where lacks.contains(name) { throw Failure(.missing, "nobody has the secret \(name)") }
  }
}

/// Simulates engine processes of this machine: records what they are told, and which processes have ended or are stopped.
final class BenchEngines: RunningEngines {
  private let state = Mutex<(told: [Deployment.ID], gone: Set<String>, stopped: [Deployment.ID: Int32])>(([], [], [:]))

  var told: [Deployment.ID] { state.withLock { $0.told } }
  func end(_ process: String) { state.withLock { _ = $0.gone.insert(process) } }

  func tell(_ deployments: [Deployment.ID]) async -> Int32? {
    state.withLock { $0.told += deployments }
    return nil
  }
  /// Makes this process the one that runs a deployment and is stopped.
  func stop(_ process: Int32, of deployment: Deployment.ID) { state.withLock { $0.stopped[deployment] = process } }
  func stopped(_ deployments: [Deployment.ID]) async -> Int32? {
    state.withLock { state in deployments.compactMap { state.stopped[$0] }.first }
  }
  func isGone(_ process: String?) -> Bool? { process.map { process in state.withLock { $0.gone.contains(process) } } }
}
