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
  func send(
    _ content: Content, to folder: String, has: [ExactText: Int], _ errand: Errand
  ) async throws(Failure) -> Pack {
    let form = try await form(of: content, for: folder, has: has, errand)
    try await send(form.pack, as: "\(folder)/\(form.pack.name)", from: form.have, piece: form.piece, errand)
    return form.pack
  }

  /// The form in which a content is sent.
  private struct Form {
    var pack: Pack
    /// The number of its bytes that the host already has.
    var have: Int
    /// The size of the next piece, in bytes.
    var piece = Hosts.request
  }

  /// Chooses the form of the content that suits the connection. To find out how fast the connection is, this sends the beginning of the
  /// plain form.
  private func form(
    of content: Content, for folder: String, has: [ExactText: Int], _ errand: Errand
  ) async throws(Failure) -> Form {
    func here(_ pack: Pack, piece: Int = Hosts.request) -> Form { Form(pack: pack, have: has[ExactText(pack.name)] ?? 0, piece: piece) }
    guard let plain = content.plain else { return here(try await content.compressed()) }
    // If a part of one form had arrived before a channel broke, that form is chosen again.
    if plain.size <= LinePace.few || here(plain).have > LinePace.pieces.reduce(0, +) { return here(plain) }
    let isShort = plain.size <= LinePace.short
    if plain.size <= LinePace.small { return here(try await content.compressed()) }
    if isShort, await !errand.link.isNear { return here(try await content.compressed()) }
    if let name = content.packedName, has[ExactText(name)] != nil { return here(try await content.compressed()) }
    let clock = ContinuousClock()
    var at = here(plain).have
    var next = Hosts.request
    for piece in isShort ? Array(LinePace.pieces.prefix(1)) : LinePace.pieces {
      let start = clock.now
      try await send(plain, as: "\(folder)/\(plain.name)", from: at, upTo: at + piece, piece: piece, errand)
      let sent = min(piece, plain.size - at)
      at += sent
      let time = Interval(clock.now - start)
      next = Hosts.piece(after: sent, in: time)
      switch LinePace(bytes: sent, in: time, enough: options.fastLine) {
      case .fast: return Form(pack: plain, have: at, piece: next)
      case .slow: return here(try await content.compressed(), piece: next)
      case .unclear: continue
      }
    }
    return here(try await content.compressed(), piece: next)
  }

  /// Returns the size of a piece, in bytes, that takes about a quarter of a second if the connection stays as fast as it was.
  static func piece(after bytes: Int, in time: Interval) -> Int {
    min(max(bytes.times(250) / max(1, time.milliseconds), Hosts.block), Hosts.largestPiece)
  }

  /// Sends a pack to the host in pieces, so that short requests fit in between. Bytes that the host already has are not sent again. The
  /// size of a piece is chosen so that it takes about half a second, because the host starts a program for each piece. Another request
  /// waits for at most two pieces. If the pack is still growing, this sends what there is of it, and waits for the rest.
  /// - Parameters:
  ///   - limit: the number of bytes that the host should have, or nil for all.
  ///   - piece: the size of the first piece in bytes.
  func send(
    _ pack: Pack, as name: String, from known: Int = 0, upTo limit: Int? = nil, piece: Int = Hosts.request, _ errand: Errand
  ) async throws(Failure) {
    var reach = try await pack.reach(known)
    // A host might report any number here, even an impossible one.
    var at = (0...reach.made).contains(known) ? known : 0
    var end: Int { min(limit ?? .max, reach.isWhole ? reach.made : .max) }
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
        // If something is under way, its end comes first.
        if !reach.isWhole { reach = try await pack.reach(flight.isEmpty ? at + Hosts.block : 0) }
        let count = min(size, end - at, reach.made - at)
        guard count >= Hosts.block || (reach.isWhole && count > 0) else { break }
        flight.append(await put(FilePart(source: pack.source, offset: at, count: count), at: at, of: name, errand))
        at += count
      }
      if flight.isEmpty { continue }
      let have = try await flight.removeFirst().value.get()
      let took = clock.now - last
      last = clock.now
      if took < .milliseconds(250) {
        size = min(size * 2, Hosts.largestPiece)
      } else if took > .seconds(1) {
        size = max(size / 2, Hosts.block)
      }
      if have > acknowledged {
        acknowledged = have
        let whole = pack.size
        if have >= end || have - told >= max(1 << 20, whole / 100) {
          tell(.sent(errand.site.host.name, bytes: min(have, whole), of: whole))
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

  /// Begins to send a part of a pack. Returns when the part has its place in the channel's queue, because the host drops a part that
  /// arrives before the parts in front of it.
  /// - Returns: a task, whose result is the number of bytes of the pack that the host then has, or -1 if it gives no number.
  private func put(_ part: FilePart, at offset: Int, of name: String, _ errand: Errand) async -> Task<Result<Int, Failure>, Never> {
    let (link, arguments) = (errand.link, errand.claim + [name, "\(offset)"])
    let (places, place) = AsyncStream.makeStream(of: Void.self)
    let task = Task { () -> Result<Int, Failure> in
      defer { place.finish() }
      do throws(Failure) {
        let answer = try await link.demand("l_put", arguments, file: part) { place.finish() }
        return .success(Int(answer.text.trimmed) ?? -1)
      } catch { return .failure(error) }
    }
    for await _ in places {}
    return task
  }
}
