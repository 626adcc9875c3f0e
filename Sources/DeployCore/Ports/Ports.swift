package import DeployModel

/// All the IO of the engine passes through these ports, through `Mailbox`, and through `Scripts`.

/// Reaches hosts. It performs one operation and reports the outcome; it decides nothing.
package protocol Transport: Sendable {
  /// Opens the channel to a host and reads what a plan needs to know. Changes nothing there.
  /// - Parameter shared: shared paths of the recipe, looked for below `path`.
  func survey(_ host: Host, at path: String, application: String, group: String, shared: [String]) async -> Survey

  /// Asks whether commands may be started on a host as each of these users. Changes nothing there.
  /// - Returns: why they may not, in the host's words; nil: they may.
  func refusal(of users: [String], on host: Host) async -> Failure?

  /// Compares the secrets of a host's receipt with their values now. Changes nothing there, and shows the host no value.
  /// - Parameter path: as for a survey.
  func compare(secretsOf receipt: Receipt, on host: Host, at path: String) async -> SecretComparison

  /// Reads the receipts that a host keeps of releases that it ran before. Changes nothing there.
  /// - Parameters:
  ///   - releases: the releases that the host has. A release whose receipt is not kept, or cannot be read, is left out.
  ///   - path: as for a survey.
  func receipts(of releases: [Release.ID], on host: Host, at path: String) async -> [Receipt]

  /// Finds damage of releases that a host keeps, as far as file names show it. Reads no file and changes nothing.
  /// - Parameter path: as for a survey.
  func damage(of releases: [Release.ID], on host: Host, at path: String) async -> [ReleaseDamage]

  /// Performs an intent. An intent that changes the host happens at most once: a second request attaches to the first. Returns when the
  /// operation has ended, was cancelled or timed out, or the host stayed out of reach longer than the transport waits. Reports output as it
  /// comes, with secrets replaced, each byte once within one call; after a resume from offset 0 again.
  func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome

  /// Ends a running operation; `perform` then returns with a failure of kind `cancelled`.
  func cancel(_ intent: Int, at site: HostSite) async

  /// Renews the deployment's lock on a host from now on, until an operation gives it back. A resumed deployment may ask nothing of that
  /// host for a long time.
  func keepLock(at site: HostSite) async
  /// Tells a host that keeps a parked deployment to also keep its journal.
  /// - Parameters:
  ///   - parked: includes the digest of the journal.
  ///   - bytes: the journal, compressed; nil: other hosts keep it.
  func entrust(_ parked: Parked, _ bytes: [UInt8]?, at site: HostSite) async throws(Failure)

  func close() async
}

extension Transport {
  package func keepLock(at site: HostSite) async {}

  package func entrust(_ parked: Parked, _ bytes: [UInt8]?, at site: HostSite) async throws(Failure) {
    throw Failure(.missing, "hosts of this transport keep no journal")
  }

  package func refusal(of users: [String], on host: Host) async -> Failure? { nil }

  package func receipts(of releases: [Release.ID], on host: Host, at path: String) async -> [Receipt] { [] }

  package func damage(of releases: [Release.ID], on host: Host, at path: String) async -> [ReleaseDamage] { [] }

  package func compare(secretsOf receipt: Receipt, on host: Host, at path: String) async -> SecretComparison {
    SecretComparison(unknown: receipt.secrets?.map(\.name) ?? receipt.inputs.secrets, reason: "this transport cannot")
  }
}

/// What every operation on a host needs to know about the deployment it belongs to.
package struct HostSite: Sendable, Hashable {
  package var host: Host
  package var deployment: Deployment.ID
  package var application: String
  package var group: String
  /// The folder of the application on the host, including the host's `root`, if it has one.
  package var path: String
  package var fence: Int
  package var token: String
  package var reuse: Placement.Reuse
  /// Whether an operation that finds the disk full may use the reserve that is kept there, because the host goes back.
  package var mayUseReserve = false
  /// Whether the host is a partner, which has no release and no receipt.
  package var isPartner = false
  /// Whether set-id bits of a bundle's files are kept on the host, because an appspec file installs the files from there, as the CodeDeploy
  /// agent does.
  package var deliversSetID = false
  package init(
    host: Host, deployment: Deployment.ID, application: String, group: String, path: String, fence: Int, token: String,
    reuse: Placement.Reuse = .copy
  ) {
    self.host = host
    self.deployment = deployment
    self.application = application
    self.group = group
    self.path = path
    self.fence = fence
    self.token = token
    self.reuse = reuse
  }
}

extension Plan {
  /// - Parameter number: the number of a target or a partner.
  package func site(of number: Int) -> HostSite {
    if let partner = partner(number) {
      var site = HostSite(
        host: partner.host, deployment: id, application: subject.application, group: subject.group, path: partner.path, fence: lock.fence,
        token: lock.token)
      site.isPartner = true
      return site
    }
    let host = hosts[number].host
    var site = HostSite(
      host: host, deployment: id, application: subject.application, group: subject.group, path: host.place(placement.path),
      fence: lock.fence, token: lock.token, reuse: placement.reuse)
    if case .rollback = kind { site.mayUseReserve = true }
    let recipe = hosts[number].arriving
    site.deliversSetID = content.recipes.indices.contains(recipe) && content.recipes[recipe].appspec != nil
    return site
  }
}

extension Host {
  /// The path on this host: below its `root`, if it has one, and with the folder of its slot, if it has one.
  package func place(_ path: String) -> String {
    let whole = root.map { path.isAbsolutePath ? $0 + path : $0 + "/" + path } ?? path
    return slot.map { "\(whole)/\(Host.slotsFolder)/\($0)" } ?? whole
  }
}

/// The machine that the engine runs on: `here` in recipes. The rules of hosts hold, but a command does not outlive the engine: a command
/// that a dead engine began is *lost*, unless it may be repeated.
package protocol EngineMachine: Sendable {
  func perform(_ intent: Intent, of deployment: Deployment.ID, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome
  func cancel(_ intent: Int, of deployment: Deployment.ID) async
  /// Prepares for a deployment that begins or is resumed. Returns when nothing runs any more that an earlier engine left.
  /// - Parameter earlier: the engines that ran the deployment before, here or elsewhere; nil: it begins.
  /// - Throws: if the beginning cannot be recorded, or if what an earlier engine left does not end.
  func attend(_ deployment: Deployment.ID, after earlier: EarlierEngines?) async throws(Failure)
  /// Forgets a deployment that has ended: nobody asks for it again.
  func forget(_ deployment: Deployment.ID) async
}

extension EngineMachine {
  package func attend(_ deployment: Deployment.ID, after earlier: EarlierEngines?) async throws(Failure) {}
  package func forget(_ deployment: Deployment.ID) async {}
}

/// Content-addressed: bundles, and the sources of recipes.
package protocol BundleStore: Sendable {
  func manifest(of bundle: Digest) async throws(Failure) -> Manifest
  /// When a bundle was first built here: the time of its files on hosts.
  func built(_ bundle: Digest) async throws(Failure) -> Timestamp
  /// A gzipped tar of the whole bundle on the engine machine, made once.
  func archive(of bundle: Digest) async throws(Failure) -> String
  /// The same tar uncompressed, put together while it is read; nil: the store only has compressed tars.
  func tar(of bundle: Digest) async throws(Failure) -> (any BundleTar)?
  /// One file's bytes.
  func content(of file: Digest) async throws(Failure) -> [UInt8]
  func keep(_ sources: [SourceFile]) async throws(Failure) -> Digest
  func sources(_ digest: Digest) async throws(Failure) -> [SourceFile]
}

extension BundleStore {
  package func tar(of bundle: Digest) async throws(Failure) -> (any BundleTar)? { nil }
}

/// One deployment's memory.
package protocol Journal: Sendable {
  /// The right to run a deployment, until it is released or this process dies; nil: another engine has the right.
  func claim(_ deployment: Deployment.ID) throws(Failure) -> (any DeploymentClaim)?
  /// Appends entries, in order and without gaps. They are durable when this returns, and may then be acted on (promise P2).
  func append(_ entries: [Entry], to deployment: Deployment.ID) async throws(Failure)
  /// The chain's head after the last entry; nil: the journal keeps no chain.
  func head(of deployment: Deployment.ID) async -> Digest?
  /// Keeps bytes of a command's output. They are not durable, and a failure to keep them never stops the deployment.
  func spool(_ chunk: OutputChunk, of deployment: Deployment.ID) async
}

package protocol DeploymentClaim: Sendable {
  func release()
}

extension Journal {
  package func head(of deployment: Deployment.ID) async -> Digest? { nil }
}

/// Journals that are sent from one machine to another, with the sources that replay them.
package protocol JournalCopies: Sendable {
  /// The journal of a parked deployment, as it is now.
  func copy(of deployment: Deployment.ID) async throws(Failure) -> JournalCopy
  /// Reads a copy that came from a host.
  /// - Throws: `corrupt` if no engine can have written it.
  func read(_ bytes: [UInt8]) throws(Failure) -> CopiedJournal
}

/// Journal copies for engines that never park.
package struct NoJournalCopies: JournalCopies {
  package init() {}
  package func copy(of deployment: Deployment.ID) async throws(Failure) -> JournalCopy {
    throw Failure(.missing, "there is no journal that a host could keep")
  }
  package func read(_ bytes: [UInt8]) throws(Failure) -> CopiedJournal { throw Failure(.missing, "nobody reads journals here") }
}

/// Knows the values of secrets by their names.
package protocol Secrets: Sendable {
  /// - Throws: kind `missing`, with the providers that were asked.
  func value(of name: String) async throws(Failure) -> String
}

/// The time of day, and waiting.
package protocol Clock: Sendable {
  /// The present moment.
  func now() -> Timestamp
  /// Returns early, without an error, when its task is cancelled.
  func sleep(_ interval: Interval) async
}
