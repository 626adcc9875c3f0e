import DeployCore
import DeployModel

extension Hosts {
  /// The number of bytes of one piece of a download.
  static let block = 262_144
  /// The largest payload of a request, which is also the size of the first piece of a pack, in bytes.
  static let request = 524_288
  /// The largest size of a later piece of a pack, in bytes, no matter how fast the connection is.
  private static let largestPiece = 8 << 20

  /// Sends content to a folder on the host. It is sent compressed if the connection is slow, and otherwise plain.
  /// - Parameter has: for each pack, by name, the number of its bytes that have already arrived there.
  /// - Returns: the pack that is now on the host.
  func send(_ content: Content, to folder: String, has: [ExactText: Int], _ errand: Errand) async throws(Failure) -> Pack {
    let (pack, have) = try await form(of: content, for: folder, has: has, errand)
    try await send(pack, as: "\(folder)/\(pack.name)", from: have, errand)
    return pack
  }

  /// Chooses the form of the content that suits the connection. To find out how fast the connection is, this sends the beginning of the
  /// plain form. Returns the chosen form, and the number of its bytes that the host already has.
  private func form(
    of content: Content, for folder: String, has: [ExactText: Int], _ errand: Errand
  ) async throws(Failure) -> (pack: Pack, have: Int) {
    func here(_ pack: Pack) -> (Pack, Int) { (pack, has[ExactText(pack.name)] ?? 0) }
    guard let plain = content.plain else { return here(try await content.compressed()) }
    // If a part of one form had arrived before a channel broke, that form is chosen again.
    if plain.size <= LinePace.few || here(plain).1 > LinePace.pieces.reduce(0, +) { return here(plain) }
    let isShort = plain.size <= LinePace.short
    if plain.size <= LinePace.small { return here(try await content.compressed()) }
    if isShort, await !errand.link.isNear { return here(try await content.compressed()) }
    if has.keys.contains(where: { $0.text.hasSuffix(".pack") }) {
      let packed = try await content.compressed()
      if has[ExactText(packed.name)] != nil { return here(packed) }
    }
    let clock = ContinuousClock()
    var at = here(plain).1
    for piece in isShort ? Array(LinePace.pieces.prefix(1)) : LinePace.pieces {
      let start = clock.now
      try await send(plain, as: "\(folder)/\(plain.name)", from: at, upTo: at + piece, piece: piece, errand)
      let sent = min(piece, plain.size - at)
      at += sent
      switch LinePace(bytes: sent, in: Interval(clock.now - start), enough: options.fastLine) {
      case .fast: return (plain, at)
      case .slow: return here(try await content.compressed())
      case .unclear: continue
      }
    }
    return here(try await content.compressed())
  }

  /// Sends a pack to the host in pieces, so that short requests fit in between. Bytes that the host already has are not sent again. The
  /// size of a piece is chosen so that it takes about half a second, because the host starts a program for each piece. Another request
  /// waits for at most two pieces.
  /// - Parameters:
  ///   - end: the number of bytes that the host should have, or nil for all.
  ///   - piece: the size of the first piece in bytes.
  func send(
    _ pack: Pack, as name: String, from known: Int = 0, upTo end: Int? = nil, piece: Int = Hosts.request, _ errand: Errand
  ) async throws(Failure) {
    let end = min(end ?? pack.size, pack.size)
    // A host might report any number here, even an impossible one.
    var at = (0...pack.size).contains(known) ? known : 0
    var misses = 0
    var flight: [Task<Result<Int, Failure>, Never>] = []
    var acknowledged = at
    var told = -pack.size
    var size = piece
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
        // The last piece arrived only in part, so the rest of it has to be sent.
        if flight.isEmpty { at = have }
        continue
      }
      // The number of bytes on the host is not the expected one. After a break, a piece might have arrived only in part, or twice.
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
