import DeployModel

/// A tar for hosts, in two forms: plain and compressed. The compressed form is made once, when the first host needs it.
actor Content {
  /// The plain form, or nil if only the compressed form exists.
  let plain: Pack?
  private let compress: @Sendable () async throws(Failure) -> Pack
  private var making: Task<Result<Pack, Failure>, Never>?

  init(plain: Pack?, compress: @escaping @Sendable () async throws(Failure) -> Pack) {
    self.plain = plain
    self.compress = compress
  }

  init(_ plain: Pack) {
    self.plain = plain
    compress = { () async throws(Failure) in try plain.compressed() }
  }

  /// Returns the compressed form. - Throws: if it cannot be made. In that case, the next call tries again.
  func compressed() async throws(Failure) -> Pack {
    if let making, case .success(let pack) = await making.value { return pack }
    let task = Task { [compress] () -> Result<Pack, Failure> in
      do throws(Failure) { return .success(try await compress()) } catch { return .failure(error) }
    }
    making = task
    return try await task.value.get()
  }
}
