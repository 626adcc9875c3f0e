import DeployCore
package import DeployEngine
package import DeployModel

/// The use cases of deployments on one machine. Each use case is a function that takes and returns values. A user interface, such as the
/// command line, calls one function and shows the function's result. The desk reaches the outside world only through ports.
///
/// Use cases that need no engine have smaller types: `PastDeployments` (a journal), `Retention` (bundles), `DryRun` and `RehearsalRun`
/// (recipes).
package struct Desk: Sendable {
  package let ports: Ports
  package let journal: any PastJournal
  package let shelf: any BundleShelf
  let builder: any BundleBuilder
  let reviewer: any BundleReviewer
  let trust: any BundleTrust
  let watch: any HostWatch
  let secrets: any SecretKeeper
  let engines: any RunningEngines
  let messages: any MessageSender
  let hosts: any HostExchange
  let releases: any ReleaseReader
  let commits: any VersionControl
  /// The CI system that runs the command, or nil if no known system does.
  let system: CISystem?
  /// The parts that a rehearsal of recipes needs.
  let stage: RehearsalStage
  /// Returns a time zone's table from the time zone database, or nil if this machine does not have the zone.
  let zones: @Sendable (String) -> [UInt8]?
  /// The command's place in the queue, if it has one.
  let line = OwnTurn()
  /// Messages about locks whose holders are dead. Plans are allowed to take these locks over.
  let leftOver = LeftOver()
  /// How long a host keeps a place in the queue if nobody renews it.
  let lineLease: Interval
  /// This machine's name, which follows the `@` in the names of actors.
  let machine: String
  /// Called with each event that happens while a function of the desk runs.
  let tell: @Sendable (DeskEvent) -> Void
  private let programs: @Sendable () async -> Void
  private let doors: @Sendable () async -> Void

  /// - Parameters:
  ///   - programs: ends the processes that this desk started on this machine: builds, git, and clients that wait for hosts.
  ///   - doors: closes all connections, to hosts and to programs on this machine.
  package init(
    ports: Ports, journal: any PastJournal, shelf: any BundleShelf, builder: any BundleBuilder, reviewer: any BundleReviewer,
    watch: any HostWatch, secrets: any SecretKeeper, engines: any RunningEngines, messages: any MessageSender, hosts: any HostExchange,
    stage: RehearsalStage, machine: String, commits: any VersionControl = NoVersionControl(), system: CISystem? = nil,
    releases: any ReleaseReader = NoReleases(), trust: any BundleTrust = AnyBundle(),
    lineLease: Interval = .seconds(30), zones: @escaping @Sendable (String) -> [UInt8]? = { _ in nil },
    ending programs: @escaping @Sendable () async -> Void = {},
    closing doors: @escaping @Sendable () async -> Void = {}, tell: @escaping @Sendable (DeskEvent) -> Void
  ) {
    self.ports = ports
    self.journal = journal
    self.shelf = shelf
    self.builder = builder
    self.reviewer = reviewer
    self.trust = trust
    self.watch = watch
    self.secrets = secrets
    self.engines = engines
    self.messages = messages
    self.hosts = hosts
    self.releases = releases
    self.commits = commits
    self.system = system
    self.stage = stage
    self.machine = machine
    self.lineLease = lineLease
    self.zones = zones
    self.programs = programs
    self.doors = doors
    self.tell = tell
  }

  /// The deployments whose journals are in this state folder.
  package var past: PastDeployments { PastDeployments(journal) }

  /// The current time by this machine's clock.
  package var now: Timestamp { ports.clock.now() }

  /// Ends the processes on this machine, so that functions that wait for them return.
  package func endPrograms() async {
    await line.leave()
    await programs()
  }

  /// Closes all connections. The desk cannot be used afterwards.
  package func close() async { await doors() }

  /// Runs a function with this desk, and closes the desk afterwards, even after an error.
  package func use<T>(_ body: (Desk) async throws -> T) async throws -> T {
    do {
      let result = try await body(self)
      await close()
      return result
    } catch {
      await close()
      throw error
    }
  }
}
