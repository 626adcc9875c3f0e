import DeployCore
import DeployModel

extension Hosts {
  /// How many bytes go through a channel in one piece.
  static let block = 262_144
  /// The limit of bytes that one request brings, and the size of the first piece of a pack.
  static let request = 524_288
  /// The limit of a piece of a pack, however fast the connection is.
  private static let largestPiece = 8 << 20

  /// Sends content to a folder of the host, compressed if the connection is slow.
  /// - Parameter has: the sizes of what has arrived there before, by name.
  /// - Returns: what the host has now.
  func send(_ content: Content, to folder: String, has: [ExactText: Int], _ errand: Errand) async throws(Failure) -> Pack {
    let (pack, have) = try await form(of: content, for: folder, has: has, errand)
    try await send(pack, as: "\(folder)/\(pack.name)", from: have, errand)
    return pack
  }

  /// The form of a content that suits a host, and what the host has of it. The bytes that are sent to find out are the beginning of one
  /// of the forms.
  private func form(
    of content: Content, for folder: String, has: [ExactText: Int], _ errand: Errand
  ) async throws(Failure) -> (pack: Pack, have: Int) {
    func here(_ pack: Pack) -> (Pack, Int) { (pack, has[ExactText(pack.name)] ?? 0) }
    guard let plain = content.plain else { return here(try await content.compressed()) }
    // What arrived before a channel broke decides again.
    if plain.size <= LinePace.few || here(plain).1 > LinePace.pieces.reduce(0, +) { return here(plain) }
    if plain.size <= LinePace.small { return here(try await content.compressed()) }
    if has.keys.contains(where: { $0.text.hasSuffix(".pack") }) {
      let packed = try await content.compressed()
      if has[ExactText(packed.name)] != nil { return here(packed) }
    }
    let clock = ContinuousClock()
    var at = here(plain).1
    for piece in LinePace.pieces {
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

  /// Sends a pack to the host, in pieces, so that short requests fit between them. Bytes that are there are not sent again. A piece takes
  /// about half a second, because the host starts a program for each piece; other requests wait for two pieces at most.
  /// - Parameters:
  ///   - end: the number of bytes that the host should have; nil: all.
  ///   - piece: the size of the first piece in bytes.
  func send(
    _ pack: Pack, as name: String, from known: Int = 0, upTo end: Int? = nil, piece: Int = Hosts.request, _ errand: Errand
  ) async throws(Failure) {
    let end = min(end ?? pack.size, pack.size)
    // A host may claim anything about what it has.
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
        // Only a part of the last piece arrived: the rest has to be sent.
        if flight.isEmpty { at = have }
        continue
      }
      // The host has another size than expected: after a break, a piece may have arrived in part or twice.
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
