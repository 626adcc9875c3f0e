package import DeployModel
import Glibc

/// The whole output of commands. Each stream has a file of mode 0600: `spool/<deployment>/<host-3 or engine>/<intent>.out`.
package struct Spool: Sendable {
  let folder: String

  /// One stream whose output is kept.
  package struct Stream: Sendable, Hashable {
    package var place: Place
    package var intent: Int
    package var stream: OutputChunk.Stream
    package var bytes: Int
  }

  /// Writes a chunk at its offset, so that a repeated chunk changes nothing. A chunk that cannot be written is dropped, because output
  /// never makes a deployment fail.
  func put(_ chunk: OutputChunk, of deployment: Deployment.ID) {
    guard Deployment.isName(deployment), chunk.offset >= 0 else { return }
    let path = file(of: deployment, place: chunk.place, intent: chunk.intent, stream: chunk.stream)
    if let file = try? OpenFile(path, O_WRONLY | O_CREAT) { return (try? file.write(chunk.bytes, at: chunk.offset)) ?? () }
    guard (try? Disk.makeFolder("\(folder)/\(deployment)/\(Self.name(of: chunk.place))")) != nil else { return }
    try? OpenFile(path, O_WRONLY | O_CREAT).write(chunk.bytes, at: chunk.offset)
  }

  /// Returns the output of one stream of a command, from `offset` on. The result is empty if no output was kept.
  package func output(
    of deployment: Deployment.ID, place: Place, intent: Int, stream: OutputChunk.Stream, from offset: Int = 0, limit: Int = 1 << 30
  ) throws(Failure) -> [UInt8] {
    let path = file(of: deployment, place: place, intent: intent, stream: stream)
    guard Deployment.isName(deployment), Disk.exists(path) else { return [] }
    let file = try OpenFile(path, O_RDONLY)
    return try file.read(at: offset, count: max(0, min(limit, try file.status().size - offset)))
  }

  /// Returns all streams of a deployment: first the streams of the engine's machine, then the streams of hosts, by host number. For each
  /// machine, the streams are in the order of the intents.
  package func streams(of deployment: Deployment.ID) -> [Stream] {
    guard Deployment.isName(deployment) else { return [] }
    let places = Disk.ownNames(in: "\(folder)/\(deployment)").compactMap(Self.place(named:)).sorted { Self.rank($0) < Self.rank($1) }
    return places.flatMap { place in
      let inside = "\(folder)/\(deployment)/\(Self.name(of: place))"
      let streams = Disk.ownNames(in: inside).compactMap { name -> Stream? in
        let parts = name.split(separator: ".")
        guard parts.count == 2, let intent = Int(parts[0]), parts[1] == "out" || parts[1] == "err" else { return nil }
        let bytes = Disk.status("\(inside)/\(name)")?.size ?? 0
        return Stream(place: place, intent: intent, stream: parts[1] == "out" ? .stdout : .stderr, bytes: bytes)
      }
      return streams.sorted { ($0.intent, $0.stream.rawValue) < ($1.intent, $1.stream.rawValue) }
    }
  }

  private func file(of deployment: Deployment.ID, place: Place, intent: Int, stream: OutputChunk.Stream) -> String {
    "\(folder)/\(deployment)/\(Self.name(of: place))/\(intent).\(stream == .stdout ? "out" : "err")"
  }

  private static func name(of place: Place) -> String {
    switch place {
    case .engine: "engine"
    case .host(let number): "host-\(number)"
    }
  }

  private static func place(named name: String) -> Place? {
    if name == "engine" { return .engine }
    return name.hasPrefix("host-") ? Int(name.dropFirst(5)).map(Place.host) : nil
  }

  private static func rank(_ place: Place) -> Int {
    switch place {
    case .engine: -1
    case .host(let number): number
    }
  }
}
