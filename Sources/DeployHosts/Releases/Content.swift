import DeployModel
import Glibc

/// A tar for hosts, in two forms: plain and compressed. The compressed form is made once, when the first host needs it.
actor Content {
  /// The plain form, or nil if only the compressed form exists.
  let plain: Pack?
  /// The name of the compressed form, or nil if it is known only when that form has been made.
  let packedName: String?
  /// Where the compressed form is kept, or nil if it is not kept.
  private let place: String?
  private let compress: @Sendable () async throws(Failure) -> Pack
  private var making: Task<Result<Pack, Failure>, Never>?

  /// A content of which only the compressed form exists.
  init(compress: @escaping @Sendable () async throws(Failure) -> Pack) {
    (plain, packedName, place) = (nil, nil, nil)
    self.compress = compress
  }

  /// A content that the host compares with its digest. So it is compressed before its first byte is sent.
  init(whole plain: Pack) {
    (self.plain, packedName, place) = (plain, nil, nil)
    compress = { () async throws(Failure) in try plain.compressed() }
  }

  /// A content whose files the host compares with their digests. So its compressed form is sent while it is being made.
  /// - Parameter place: returns a path at which the form with this name is kept, or nil if the form is not kept.
  init(_ plain: Pack, keptAt place: (String) -> String? = { _ in nil }) {
    let path = place(plain.growingName)
    (self.plain, packedName, self.place) = (plain, plain.growingName, path)
    compress = { () async throws(Failure) in try plain.growing(keptAt: path) }
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

  /// Forgets the compressed form, because a host could not use it. The next host gets a new one.
  func forget() {
    making = nil
    if let place { unlink(place) }
  }
}
