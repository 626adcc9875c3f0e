import CZlib
import DeployCore
import DeployGround
import DeployModel
import Glibc

/// The compressed form of a pack, which can be sent while a thread still makes it. The same content gives the same bytes with the same
/// version of zlib. Its bytes go into a file, so it takes no memory, however slowly hosts read it.
final class GrowingPack: ByteSource {
  /// How much of the form exists.
  struct Reach: Sendable {
    /// The number of bytes that can be read.
    var made: Int
    /// Whether these are all bytes of the form.
    var isWhole: Bool
  }
  private struct State {
    var reach: Reach
    /// The number of bytes of the content that are in `reach`.
    var read = 0
    var failure: Failure?
    var isAbandoned = false
    /// Those that wait for a number of bytes.
    var waiting: [(least: Int, resume: CheckedContinuation<Void, Never>)] = []

    /// Removes and returns those that need not wait any longer.
    mutating func served() -> [CheckedContinuation<Void, Never>] {
      let isOver = reach.isWhole || failure != nil
      defer { waiting.removeAll { isOver || $0.least <= reach.made } }
      return waiting.filter { isOver || $0.least <= reach.made }.map(\.resume)
    }
  }
  /// The version of the way in which packs are compressed. It changes whenever the same content gives other bytes.
  private static let form = 1

  private let state: Guarded<State>
  private let file: PackFile
  /// The number of bytes of the uncompressed content.
  private let size: Int

  /// Returns the name of a content's compressed form. Another version of zlib might give other bytes, so the name depends on it.
  static func name(of plain: String, zlib: String = String(cString: zlibVersion())) -> String {
    "\(plain)-\(Hex.digest(Array("\(form) \(zlib)".utf8)).prefix(12))"
  }

  /// Begins to make the compressed form. If it was made before and kept, this only opens it.
  /// - Parameter place: a path at which the form is kept once it is whole, or nil if it is needed only now.
  /// - Throws: if no file can be made.
  init(of content: any ByteSource, size: Int, keptAt place: String?) throws(Failure) {
    self.size = size
    if let place, let kept = try? PackFile(place) {
      file = kept
      state = Guarded(State(reach: Reach(made: kept.size, isWhole: true), read: size))
      return
    }
    // The name of a file that is not kept is removed at once.
    let folder = place == nil ? try TemporaryFolder() : nil
    defer { folder?.remove() }
    let path = folder.map { "\($0.path)/pack" } ?? "\(place ?? "").\(getpid()).\(Hex.word()).tmp"
    let output = try GzipFile(path)
    do throws(Failure) { file = try PackFile(path) } catch {
      unlink(path)
      throw error
    }
    state = Guarded(State(reach: Reach(made: 0, isWhole: false)))
    let state = state
    do throws(Failure) {
      try BackgroundThread.start {
        let isWhole = Self.make(content, size, into: output, state)
        guard let place else { return }
        // A form that cannot be kept is made again for the next deployment.
        if !isWhole || !output.sync() || rename(path, place) != 0 { unlink(path) }
      }
    } catch {
      unlink(path)
      throw error
    }
  }

  deinit { state.with { $0.isAbandoned = true } }

  /// Compresses the content, and says after each step how far it is. Returns whether the form is whole.
  private static func make(_ content: any ByteSource, _ size: Int, into output: GzipFile, _ state: Guarded<State>) -> Bool {
    var at = 0
    while true {
      let count = min(GzipFile.stride, size - at)
      let failure: Failure?
      do throws(Failure) {
        try output.add(count, isLast: at + count == size) { content.read(from: at, into: $0) }
        failure = nil
      } catch { failure = error }
      at += count
      let (served, isOver) = state.with { state in
        state.read = at
        state.failure = failure
        if failure == nil { state.reach = Reach(made: output.written, isWhole: at == size) }
        return (state.served(), state.reach.isWhole || failure != nil || state.isAbandoned)
      }
      for resume in served { resume.resume() }
      if isOver { return failure == nil && at == size }
    }
  }

  /// Waits until this number of bytes can be read, or until the form is whole. - Throws: if the form cannot be made.
  func reach(_ least: Int) async throws(Failure) -> Reach {
    await withCheckedContinuation { resume in
      let served = state.with { state in
        state.waiting.append((least, resume))
        return state.served()
      }
      for resume in served { resume.resume() }
    }
    return try state.with { state throws(Failure) in
      if let failure = state.failure { throw failure }
      return state.reach
    }
  }

  /// The number of bytes of the form. As long as the form is not whole, this is an estimate from what has been made.
  var expected: Int {
    state.with { state in
      if state.reach.isWhole { return state.reach.made }
      return state.read == 0 ? size : max(state.reach.made + 1, Int(Double(state.reach.made) / Double(state.read) * Double(size)))
    }
  }

  func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer) { file.read(from: start, into: buffer) }
}
