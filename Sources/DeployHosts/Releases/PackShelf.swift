import DeployCore
import DeployModel

/// The content to send for one release to hosts that have the same older release.
struct StagingPacks: Sendable {
  /// What it depends on.
  struct Key: Hashable {
    var release: Release
    /// The older release, and its bundle; nil: the host has none.
    var base: Release.ID?
    var of: Digest?
    var reuse: Placement.Reuse
    var deliversSetID: Bool
  }
  let room: StagingRoom
  /// Number of bytes of the files that are sent.
  let sending: Int
  let lists: Pack
  /// The content; nil: nothing has to be sent.
  let content: Content?
}

/// Packs and lists for hosts, made once for all hosts that need the same, while the transport lives.
actor PackShelf {
  private var packs: [StagingPacks.Key: Task<Result<StagingPacks, Failure>, Never>] = [:]
  private var releases: [ExactText: Task<Result<KeptRelease, Failure>, Never>] = [:]
  /// The limit of kept items of each kind: hosts of one group seldom have more than a few releases.
  private static let most = 16

  /// - Parameter make: called for the first host, and again after a failure.
  func packs(
    _ key: StagingPacks.Key, make: @escaping @Sendable () async throws(Failure) -> StagingPacks
  ) async throws(Failure)
    -> StagingPacks
  {
    if let task = packs[key], case .success(let packs) = await task.value { return packs }
    if packs.count >= Self.most { packs = [:] }
    let task = Self.task(make)
    packs[key] = task
    return try await task.value.get()
  }

  /// - Parameter digest: what the host says about its release's bundle; hosts that say the same have the same.
  func kept(
    _ release: Release.ID, of digest: String, ask: @escaping @Sendable () async throws(Failure) -> KeptRelease
  )
    async throws(Failure) -> KeptRelease
  {
    let key = ExactText("\(release) \(digest)")
    if let task = releases[key], case .success(let kept) = await task.value { return kept }
    if releases.count >= Self.most { releases = [:] }
    let task = Self.task(ask)
    releases[key] = task
    return try await task.value.get()
  }

  private static func task<T>(_ make: @escaping @Sendable () async throws(Failure) -> T) -> Task<Result<T, Failure>, Never> {
    Task { do throws(Failure) { return .success(try await make()) } catch { return .failure(error) } }
  }
}
