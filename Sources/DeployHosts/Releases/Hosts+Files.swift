import DeployCore
import DeployModel
import Glibc

extension Hosts {
  func read(_ path: String, _ limit: Int, _ errand: Errand) async throws(Failure) -> Outcome {
    let most = min(limit, 16 << 20)
    let answer = try await errand.link.demand("l_read", [try errand.place(path), "\(most)"])
    return .done(.text(vault.clean(try Hosts.text(answer.output, of: path))))
  }

  /// Returns the bytes of a file as text. - Throws: kind `invalid` if the bytes are not UTF-8, because a recipe could only damage such
  /// bytes.
  static func text(_ bytes: [UInt8], of path: String) throws(Failure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(
        .invalid, "\(path) holds bytes that are no UTF-8 text",
        fix: "bring the file with host:download, or look into it with a command: run")
    }
    return text
  }

  func exists(_ path: String, _ errand: Errand) async throws(Failure) -> Outcome {
    let answer = try await errand.link.demand("l_exists", [try errand.place(path)])
    return .done(.bool(answer.text.trimmed == "yes"))
  }

  /// Writes a file with one rename, so that a reader sees either the old or the new content. If `mode` is nil, the mode is 0600 if the
  /// content has a secret, and otherwise 0644.
  func write(_ path: String, _ content: Text, _ mode: Int?, _ owner: String?, _ errand: Errand) async throws(Failure) -> Outcome {
    let bytes = Array(try await vault.reveal(content).utf8)
    guard bytes.count <= HostSite.largestPiece else {
      throw Failure(.invalid, "\(bytes.count) bytes are too many to write; \(HostSite.largestPiece) is the most", fix: "use host:upload")
    }
    let bits = mode ?? (content.secrets.isEmpty ? 0o644 : 0o600)
    let arguments = errand.named + [try errand.place(path), String(bits, radix: 8), owner ?? "", Hex.word()]
    // If there is no payload, the function reads nothing, so empty content makes an empty file.
    _ = try await errand.link.demand("l_write", arguments, payload: bytes)
    return .done()
  }

  func link(_ target: String, _ path: String, _ errand: Errand) async throws(Failure) -> Outcome {
    _ = try await errand.link.demand("l_link", errand.named + [target, try errand.place(path), Hex.word()])
    return .done()
  }

  func upload(_ from: String, _ to: String, _ errand: Errand) async throws(Failure) -> Outcome {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let tar = "\(folder.path)/tar"
    var status = stat()
    guard stat(from, &status) == 0 else { throw Failure(.missing, "\(from) does not exist on this machine") }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    try TarWriter.pack(from, isFolder: isFolder, into: tar)
    let pack = try await send(Content(whole: try Pack(tar, isPlain: true)), to: "uploads/\(errand.room)", has: [:], errand)
    let name = from.pathParts.last.map(String.init) ?? "file"
    _ = try await internalJob(
      "l_unpack", errand.claim + [errand.room, pack.name, try errand.place(to), isFolder ? "1" : "0", name, Hex.word()], errand)
    return .done()
  }

  func download(_ from: String, _ to: String, _ errand: Errand) async throws(Failure) -> Outcome {
    let path = try errand.place(from)
    let size = Int(try await errand.link.demand("l_size", [path]).text.trimmed) ?? 0
    // The new file has a name that nobody can guess, because the folder might belong to other users.
    let part = "\(to).\(Hex.word())"
    let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0, let file = fdopen(descriptor, "w") else { throw Temporary.failure("\(to) cannot be written") }
    defer { unlink(part) }
    var redactor = Redactor(vault.matcher)
    var at = 0
    while at < size {
      do throws(Failure) {
        try errand.flight.check()
        let bytes = try await errand.link.demand("l_part", [path, "\(at)", "\(min(Hosts.block, size - at))"]).output
        guard !bytes.isEmpty else { throw Failure(.corrupt, "\(from) became shorter while it was read") }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Temporary.failure("\(part) cannot be written") }
        at += bytes.count
        _ = redactor.take(bytes, vault.matcher)
        if at >= size { _ = redactor.finish() }
        guard redactor.hits == 0 else {
          throw Failure(
            .invalid, "\(from) holds the value of a secret, and is not brought here in plain",
            fix: "download a file without it, or read it with host:read, which leaves the value out")
        }
      } catch {
        fclose(file)
        throw error
      }
    }
    guard fclose(file) == 0, rename(part, to) == 0 else { throw Temporary.failure("\(to) cannot be written") }
    return .done()
  }
}
