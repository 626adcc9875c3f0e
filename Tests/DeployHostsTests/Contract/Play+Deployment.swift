import DeployCore
import DeployModel

@testable import DeployHosts

/// The steps of a deployment, for sentences about what happens afterwards.
extension Play {
  /// Returns a small release with four entries. Each number gives other contents.
  func release(_ number: Int, shared: [String] = []) throws -> Release {
    let source = "\(ground.folder)/v\(number)"
    _ = Ground.sh(
      "mkdir -p '\(source)/bin' && cd '\(source)' && echo \(number) >app && echo run >bin/run && chmod 755 bin/run && ln -sf app link")
    return try ground.store.bundle(source, shared: shared)
  }

  func receipt(
    _ release: Release, _ deployment: Deployment.ID, trial: Bool? = nil, undid: Deployment.ID? = nil, application: String = "shop",
    secrets: [String] = []
  ) async throws -> Receipt {
    let sources = try await ground.store.keep([SourceFile(path: "deploy.lua", text: "recipe \"web\" { -- \(release.id)\n}\n")])
    return Receipt(
      application: application, group: "all", release: release,
      inputs: .init(bundle: release.bundle, sources: sources, parameters: .record([]), shared: [], secrets: secrets),
      deployment: deployment, recipe: "web", actor: "ann@desk", at: Timestamp(milliseconds: 1_763_000_000_000), undid: undid, trial: trial,
      secrets: secrets.map { SecretMark($0) })
  }

  /// Returns a request for the lock as a deployment makes it.
  func ask(
    _ token: String, fence: Int, inherits: String? = nil, expects: Deployment.ID? = nil, lease: Interval = .seconds(60),
    orphans: LockRequest.Orphans = .wait, good: Deployment.ID? = nil
  ) -> DeployModel.Operation {
    var request = LockRequest(
      token: token, owner: "\(token)@desk", purpose: "deploy web of shop", fence: fence, inherits: inherits, expects: expects, lease: lease,
      orphans: orphans)
    request.good = good
    return .lock(request)
  }

  /// Deploys a release, from lock to unlock, as deployment `dFENCE` with the token `tFENCE`.
  /// - Parameters:
  ///   - expects: the deployment whose receipt is on the host; nil: the host has no receipt.
  ///   - good: whether the deployment succeeds.
  func deploy(_ release: Release, fence: Int, expects: Deployment.ID?, good: Bool = true) async throws {
    let site = site("d\(fence)", fence: fence, token: "t\(fence)")
    await done(ask("t\(fence)", fence: fence, expects: expects), at: site)
    await done(.stage(release), at: site)
    await done(.activate(release.id), at: site)
    await done(.record(try await receipt(release, "d\(fence)", trial: true)), at: site)
    await done(.unlock(token: "t\(fence)", good: good ? "d\(fence)" : nil), at: site)
  }

  /// Begins a command, and returns as soon as the command has written to standard output.
  func begin(
    _ act: Act, number: Int, at site: HostSite? = nil, by transport: (any Transport)? = nil, timeout: Interval = .seconds(30),
    onLost: Command.OnLost = .fail
  ) async throws -> Task<Answer, Never> {
    let heard = Heard()
    let running = Task {
      await self.perform(act.command(onLost: onLost), number: number, at: site, by: transport, timeout: timeout, heard: heard)
    }
    try await until("\(act.line) says something") { !heard.bytes(.stdout).isEmpty }
    return running
  }
}
