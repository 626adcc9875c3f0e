package import DeployModel

/// All the IO of the engine passes through these ports, through `Mailbox`, and through `Scripts`.

/// The connection to hosts. A transport performs the operations that it is given and reports their outcomes. It makes no decisions of its
/// own.
package protocol Transport: Sendable {
  /// Opens the connection to a host and reads the facts that a plan needs. Changes nothing on the host.
  /// - Parameter shared: the recipe's shared paths, which are looked for below `path`.
  func survey(_ host: Host, at path: String, application: String, group: String, shared: [String]) async -> Survey

  /// Begins to open the connection to a host, so that a survey that follows need not wait for it. Returns when the connection is open or
  /// cannot be opened. A failure is not reported, because the survey meets it again.
  func greet(_ host: Host) async

  /// Asks whether the transport is allowed to start commands on a host as each of these users. Changes nothing on the host.
  /// - Returns: why a user was refused, in the host's words, or nil if no user was refused.
  func refusal(of users: [String], on host: Host) async -> Failure?

  /// Compares the current values of a receipt's secrets with their values when the receipt was written. Changes nothing on the host, and
  /// reveals no value to it.
  /// - Parameter path: the path that was surveyed.
  func compare(secretsOf receipt: Receipt, on host: Host, at path: String) async -> SecretComparison

  /// Reads the receipts that a host keeps of releases that it ran before. Changes nothing on the host.
  /// - Parameters:
  ///   - releases: the releases on the host. The result lacks those whose receipt is not kept or cannot be read.
  ///   - path: the path that was surveyed.
  func receipts(of releases: [Release.ID], on host: Host, at path: String) async -> [Receipt]

  /// Finds damage to releases on a host, as far as the names of the existing files show it. Reads no file's content and changes nothing.
  /// - Parameter path: the path that was surveyed.
  func damage(of releases: [Release.ID], on host: Host, at path: String) async -> [ReleaseDamage]

  /// Performs an intent. An operation that changes the host happens at most once: a second request with this intent attaches to the first.
  /// The call returns when the operation has ended, was cancelled or timed out, or when the host has been unreachable for longer than the
  /// transport waits. It reports output as it arrives, with secrets replaced. It reports each byte once, except that it starts again from
  /// offset 0 after a resume.
  func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome

  /// Ends a running operation. Its `perform` then returns with a failure of kind `cancelled`.
  func cancel(_ intent: Int, at site: HostSite) async

  /// Runs one part of an operation that consists of several commands. A second request for an effect attaches to the first, as with
  /// intents. `cancel` and the chunks of the part's output identify the part by the number of its job.
  func run(
    _ part: CommandPart, of intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void
  ) async -> CommandPartEnd

  /// Renews the deployment's lock on a host until an operation releases the lock. The engine calls this after a resume, because a resumed
  /// deployment might not send the host any request for a long time.
  func keepLock(at site: HostSite) async
  /// Sends the journal of a parked deployment to a host that keeps the deployment's lock.
  /// - Parameters:
  ///   - parked: the parked deployment, with the digest of the journal.
  ///   - bytes: the compressed journal, or nil if other hosts keep the journal and this host only records the digest.
  func entrust(_ parked: Parked, _ bytes: [UInt8]?, at site: HostSite) async throws(Failure)

  func close() async
}

extension Transport {
  package func greet(_ host: Host) async {}

  package func run(
    _ part: CommandPart, of intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void
  ) async -> CommandPartEnd {
    CommandPartEnd(.failed(.missing, "hosts of this transport run no operation in parts"))
  }

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

/// The facts about a deployment that every operation on one of its hosts needs.
package struct HostSite: Sendable, Hashable {
  package var host: Host
  package var deployment: Deployment.ID
  package var application: String
  package var group: String
  /// The application's folder on the host, preceded by the host's `root`.
  package var path: String
  package var fence: Int
  package var token: String
  package var reuse: Placement.Reuse
  /// Whether the host goes back, so that operations are allowed to use the disk space that is reserved on the host.
  package var mayUseReserve = false
  /// Whether the host is a partner, which has no release and no receipt.
  package var isPartner = false
  /// Whether the host keeps the set-user-ID and set-group-ID bits of a bundle's files, because an appspec file installs these files as the
  /// CodeDeploy agent does.
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
  /// Returns the facts for a host.
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
  /// Returns a path on this host, preceded by the host's `root` and followed by the folder of its slot.
  package func place(_ path: String) -> String {
    let whole = root.map { path.isAbsolutePath ? $0 + path : $0 + "/" + path } ?? path
    return slot.map { "\(whole)/\(Host.slotsFolder)/\($0)" } ?? whole
  }
}

/// The machine on which the engine runs, called `here` in recipes. Operations follow the rules of hosts, except that a command does not
/// outlive the engine: a command that a dead engine began is *lost*, unless it is allowed to be repeated.
package protocol EngineMachine: Sendable {
  func perform(_ intent: Intent, of deployment: Deployment.ID, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome
  func cancel(_ intent: Int, of deployment: Deployment.ID) async
  /// Prepares for a deployment that begins or is resumed. Returns once no command of an earlier engine is still running.
  /// - Parameter earlier: the engines that ran the deployment before, on this machine or another, or nil if the deployment begins.
  /// - Throws: an error if the start cannot be recorded, or if a command of an earlier engine does not end.
  func attend(_ deployment: Deployment.ID, after earlier: EarlierEngines?) async throws(Failure)
  /// Deletes the records of a deployment that has ended, because no engine will need them again.
  func forget(_ deployment: Deployment.ID) async
}

extension EngineMachine {
  package func attend(_ deployment: Deployment.ID, after earlier: EarlierEngines?) async throws(Failure) {}
  package func forget(_ deployment: Deployment.ID) async {}
}

/// Stores bundles and the sources of recipes by their digests.
package protocol BundleStore: Sendable {
  func manifest(of bundle: Digest) async throws(Failure) -> Manifest
  /// Returns the time at which a bundle was first built on this machine. The bundle's files on hosts get this time.
  func built(_ bundle: Digest) async throws(Failure) -> Timestamp
  /// Returns the path of a gzipped tar of the whole bundle on the engine's machine. The store creates the file once.
  func archive(of bundle: Digest) async throws(Failure) -> String
  /// Returns the uncompressed tar of the whole bundle, or nil if the store has only compressed tars. The tar is composed while it is read.
  func tar(of bundle: Digest) async throws(Failure) -> (any BundleTar)?
  /// Returns a path at which the store keeps a file with this name as long as it keeps the bundle, or nil if it keeps no such files. The
  /// file does not exist at first. Whoever makes it writes it under another name that ends in `.tmp`, and then renames it.
  func place(of name: String, with bundle: Digest) -> String?
  /// Returns the bytes of one file.
  func content(of file: Digest) async throws(Failure) -> [UInt8]
  /// Returns the bytes of one file to be read in parts, or nil if the store does not have a file with this digest and size. The bytes are
  /// not compared with the digest.
  func parts(of file: Digest, size: Int) async throws(Failure) -> (any ByteSource)?
  func keep(_ sources: [SourceFile]) async throws(Failure) -> Digest
  func sources(_ digest: Digest) async throws(Failure) -> [SourceFile]
}

extension BundleStore {
  package func tar(of bundle: Digest) async throws(Failure) -> (any BundleTar)? { nil }
  package func place(of name: String, with bundle: Digest) -> String? { nil }
  package func parts(of file: Digest, size: Int) async throws(Failure) -> (any ByteSource)? { nil }
}

/// Stores the journals of deployments.
package protocol Journal: Sendable {
  /// Returns the exclusive right to run a deployment, or nil if another engine has it. The right lasts until it is released or this process
  /// dies.
  func claim(_ deployment: Deployment.ID) throws(Failure) -> (any DeploymentClaim)?
  /// Appends entries in order and without gaps. When this returns, the entries are durable and can be acted on (P2 in docs/promises.md).
  func append(_ entries: [Entry], to deployment: Deployment.ID) async throws(Failure)
  /// Returns the digest of the journal's last entry, which depends on all earlier entries, or nil if the journal has no such digests.
  func head(of deployment: Deployment.ID) async -> Digest?
  /// Stores bytes of a command's output. They are not durable, and a failure to store them never stops the deployment.
  func spool(_ chunk: OutputChunk, of deployment: Deployment.ID) async
}

package protocol DeploymentClaim: Sendable {
  func release()
}

extension Journal {
  package func head(of deployment: Deployment.ID) async -> Digest? { nil }
}

/// Copies journals between machines, together with the sources that are needed to replay them.
package protocol JournalCopies: Sendable {
  /// Returns a copy of a parked deployment's journal in its current state.
  func copy(of deployment: Deployment.ID) async throws(Failure) -> JournalCopy
  /// Reads a copy that came from a host.
  /// - Throws: `corrupt` if no engine can have written the copy.
  func read(_ bytes: [UInt8]) throws(Failure) -> CopiedJournal
}

/// A `JournalCopies` without copies, for engines that never park a deployment.
package struct NoJournalCopies: JournalCopies {
  package init() {}
  package func copy(of deployment: Deployment.ID) async throws(Failure) -> JournalCopy {
    throw Failure(.missing, "there is no journal that a host could keep")
  }
  package func read(_ bytes: [UInt8]) throws(Failure) -> CopiedJournal { throw Failure(.missing, "nobody reads journals here") }
}

/// Provides the values of secrets by their names.
package protocol Secrets: Sendable {
  /// Returns the value of a secret.
  /// - Throws: a failure of kind `missing` that names the providers that were asked.
  func value(of name: String) async throws(Failure) -> String
}

/// The time of day, and pauses.
package protocol Clock: Sendable {
  /// Returns the current time.
  func now() -> Timestamp
  /// Waits. If the task is cancelled, returns early without an error.
  func sleep(_ interval: Interval) async
}
