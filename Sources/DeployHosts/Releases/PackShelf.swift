import DeployCore
import DeployModel

/// What one release takes on hosts that hold the same older one.
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
  /// Bytes of files that are sent.
  let sending: Int
  let lists: Pack
  /// Nil: nothing has to be sent.
  let content: Content?
}

/// What was made for hosts, once for all of them that need the same, for as long as the transport lives.
actor PackShelf {
  private var packs: [StagingPacks.Key: Task<Result<StagingPacks, Failure>, Never>] = [:]
  private var releases: [ExactText: Task<Result<KeptRelease, Failure>, Never>] = [:]
  /// What is kept of each: hosts of one group seldom hold more than a few releases.
  private static let most = 16

  /// - Parameter make: is asked by the first, and again after a failure.
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

  /// - Parameter digest: what the host says of its release's bundle: others that say the same hold the same.
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
