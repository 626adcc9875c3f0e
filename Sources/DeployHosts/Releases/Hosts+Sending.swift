import DeployCore
import DeployModel

extension Hosts {
  /// Bytes that go through a channel in one piece.
  static let block = 262_144
  /// The most bytes of a pack that go in one piece, however fast the line is.
  private static let largestPiece = 8 << 20

  /// Brings a content to a folder of the host, compressed if the line is slow.
  /// - Parameter has: sizes of what arrived there before, by names.
  /// - Returns: what the host has now.
  func send(_ content: Content, to folder: String, has: [ExactText: Int], _ errand: Errand) async throws(Failure) -> Pack {
    let pack = try await form(of: content, for: folder, has: has, errand)
    try await send(pack, as: "\(folder)/\(pack.name)", from: has[ExactText(pack.name)] ?? 0, errand)
    return pack
  }

  /// Which form of a content suits a host. What is sent to find out is a part of one of them.
  private func form(of content: Content, for folder: String, has: [ExactText: Int], _ errand: Errand) async throws(Failure) -> Pack {
    guard let plain = content.plain else { return try await content.compressed() }
    if plain.size <= LinePace.few { return plain }
    // What a channel that broke off brought decides again.
    if has[ExactText(plain.name), default: 0] > LinePace.pieces.reduce(0, +) { return plain }
    if plain.size <= LinePace.small { return try await content.compressed() }
    if has.keys.contains(where: { $0.text.hasSuffix(".pack") }) {
      let packed = try await content.compressed()
      if has[ExactText(packed.name)] != nil { return packed }
    }
    let clock = ContinuousClock()
    var at = has[ExactText(plain.name)] ?? 0
    for piece in LinePace.pieces {
      let start = clock.now
      try await send(plain, as: "\(folder)/\(plain.name)", from: at, upTo: at + piece, errand)
      switch LinePace(bytes: min(piece, plain.size - at), in: Interval(clock.now - start), enough: options.fastLine) {
      case .fast: return plain
      case .slow: return try await content.compressed()
      case .unclear: at += piece
      }
    }
    return try await content.compressed()
  }

  /// Brings a pack to the host, in pieces so that short requests go between them; what is there already is not sent again. A piece takes
  /// about half a second: the host starts a program for each, and other requests wait for two of them at most.
  /// - Parameter end: the number of bytes that the host shall have; nil: all.
  func send(_ pack: Pack, as name: String, from known: Int = 0, upTo end: Int? = nil, _ errand: Errand) async throws(Failure) {
    let end = min(end ?? pack.size, pack.size)
    // A host may say anything of what it has.
    var at = (0...pack.size).contains(known) ? known : 0
    var misses = 0
    var flight: [Task<Result<Int, Failure>, Never>] = []
    var acknowledged = at
    var told = -pack.size
    var size = Hosts.block
    let clock = ContinuousClock()
    var last = clock.now
    while acknowledged < end {
      try errand.flight.check()
      while flight.count < 2, at < end {
        let part = FilePart(source: pack.source, offset: at, count: min(size, end - at))
        let link = errand.link
        let arguments = errand.claim + [name, "\(at)"]
        flight.append(
          Task {
            do throws(Failure) {
              return .success(Int(try await link.demand("l_put", arguments, file: part).text.trimmed) ?? -1)
            } catch { return .failure(error) }
          })
        at += part.count
      }
      let have = min(try await flight.removeFirst().value.get(), pack.size)
      let took = clock.now - last
      last = clock.now
      if took < .milliseconds(250) {
        size = min(size * 2, Hosts.largestPiece)
      } else if took > .seconds(1) {
        size = max(size / 2, Hosts.block)
      }
      if have > acknowledged {
        acknowledged = have
        if have == pack.size || have - told >= max(1 << 20, pack.size / 100) {
          tell(.sent(errand.site.host.name, bytes: have, of: pack.size))
          told = have
        }
        // The last piece came in part: what is left of it has to be sent.
        if flight.isEmpty { at = have }
        continue
      }
      // The host has another size than we thought: after a break, a piece may have come in part or twice.
      for task in flight { _ = await task.value }
      flight = []
      misses += 1
      if misses > 20 { throw Failure(.transport, "\(name) cannot be sent piece by piece") }
      acknowledged = max(0, have)
      at = acknowledged
    }
    for task in flight { _ = await task.value }
  }
}
