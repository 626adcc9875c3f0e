import DeployCore
import DeployModel

/// Everything that is sent for one release. It is the same for all hosts that have the same older release.
struct StagingPacks: Sendable {
  /// Everything that determines the packs.
  struct Key: Hashable {
    var release: Release
    /// The older release on the host, or nil if the host has none.
    var base: Release.ID?
    /// The bundle of the older release, or nil if the host has none.
    var of: Digest?
    var reuse: Placement.Reuse
    var deliversSetID: Bool
  }
  let room: StagingRoom
  /// The number of bytes of the files, and of the data for changed files, that are sent.
  let sending: Int
  let lists: Pack
  /// The content, or nil if nothing has to be sent.
  let content: Content?
  /// The tar of the whole bundle, if that is the content, or nil.
  let tar: (any BundleTar)?
  /// Whether the host makes files from those of the older release.
  let hasPatches: Bool

  /// The functions that `l_stage` calls only for packs like these.
  func functions(hasBase: Bool) -> [String] { (hasBase ? ["l_keep"] : []) + (hasBase && hasPatches ? ["l_patch"] : []) }
}

/// Keeps packs and lists as long as the transport exists, so that each is made only once for all hosts that need it.
actor PackShelf {
  private var packs: [StagingPacks.Key: Task<Result<StagingPacks, Failure>, Never>] = [:]
  private var releases: [ExactText: Task<Result<KeptRelease, Failure>, Never>] = [:]
  /// The largest number of items that are kept of each kind. The hosts of one group rarely have more different releases.
  private static let most = 16

  /// - Parameter make: makes the packs. It is called for the first host, and again after a failure.
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

  /// - Parameter digest: the digest that the host reports for its release. Hosts that report the same digest have the same release.
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
