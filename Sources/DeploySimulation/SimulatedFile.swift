import DeployCore
import DeployModel

/// What is at a path of a simulated host, or of the engine's simulated machine.
package struct SimulatedFile: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case text(String)
    /// A link, with its target.
    case link(String)
    case folder
  }
  package var kind: Kind
  /// Permission bits.
  package var mode: Int
  package init(_ kind: Kind, mode: Int = 0o644) {
    self.kind = kind
    self.mode = mode
  }
}

/// The files of a simulated host: what operations write and read.
extension SimulatedHost {
  /// Returns what is at the end of a path after all links have been followed, or nil if nothing is known there.
  func file(_ path: String) -> SimulatedFile? {
    var path = path
    for _ in 0..<8 {
      guard let file = files[path], case .link(let target) = file.kind else { return files[path] }
      path = target.isAbsolutePath ? target : "\(Self.folder(of: path))/\(target)"
    }
    return nil
  }

  func read(_ path: String, limit: Int) -> Outcome {
    guard let file = file(path) else {
      if rehearsed { return Self.unknown("what \(path) holds") }
      return knowsFiles ? .failed(.missing, "\(path) does not exist") : .done(.text(""))
    }
    guard case .text(let text) = file.kind else { return .failed(.invalid, "\(path) is a folder") }
    guard text.utf8.count <= limit else {
      return .failed(
        .invalid, "\(path) has \(text.utf8.count) bytes; at most \(limit) were asked for", fix: "raise the limit, or download the file")
    }
    return .done(.text(text))
  }

  func exists(_ path: String) -> Outcome {
    if files[path] != nil { return .done(.bool(true)) }
    return rehearsed ? Self.unknown("whether \(path) exists") : .done(.bool(false))
  }

  /// Copies a file to the engine's machine.
  func download(_ path: String) -> Outcome {
    if !knowsFiles || file(path) != nil { return .done() }
    return .failed(.missing, "\(path) is not a file on the host")
  }

  mutating func write(_ content: Text, to path: String, mode: Int?, owner: String?, _ job: SimulatedJob) -> Outcome {
    if let refusal = refusal(ofWritingTo: path) { return refusal }
    if case .folder? = file(path)?.kind { return .failed(.invalid, "\(path) is a folder") }
    if let owner, let user = owner.parts(at: ":").first.map(String.init), !knows(user) {
      return .failed(.notPermitted, "\(name) cannot give \(path) to \(owner)")
    }
    put(SimulatedFile(.text(content.description), mode: mode ?? (content.secrets.isEmpty ? 0o644 : 0o600)), at: path, job)
    return .done()
  }

  mutating func link(_ target: String, at path: String, _ job: SimulatedJob) -> Outcome {
    if let refusal = refusal(ofWritingTo: path) { return refusal }
    if case .folder? = files[path]?.kind {
      return .failed(.invalid, "\(path) is a folder, and is not replaced by a link", fix: "move it away first")
    }
    put(SimulatedFile(.link(target), mode: 0o777), at: path, job)
    return .done()
  }

  mutating func put(_ file: SimulatedFile, at path: String, _ job: SimulatedJob) {
    files[path] = file
    note(.file, job)
  }

  /// Appends the text that a command writes to a file.
  mutating func append(_ written: SimulatedCommand.Appended, in folder: String) {
    let path = written.path.isAbsolutePath ? written.path : "\(folder)/\(written.path)"
    var text = written.text
    if case .text(let before)? = files[path]?.kind { text = before + text }
    files[path] = SimulatedFile(.text(text))
  }

  /// Returns whether the host has a user of this name.
  package func knows(_ user: String) -> Bool { users?.contains { $0.isExactly(user) } ?? true }

  private func refusal(ofWritingTo path: String) -> Outcome? {
    let folder = Self.folder(of: path)
    guard absent.contains(where: { $0.isExactly(folder) }) else { return nil }
    return .failed(.missing, "the folder \(folder) does not exist", fix: "make it first: host:run { \"mkdir\", \"-p\", … }")
  }

  private static func folder(of path: String) -> String {
    String(decoding: path.utf8.prefix(upTo: path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.utf8.startIndex), as: UTF8.self)
  }

  /// Makes the failure for a question that nobody can answer before the deployment runs. With an invented answer, the rehearsal would do
  /// something that the deployment does not do.
  static func unknown(_ what: String) -> Outcome {
    .failed(.invalid, "\(what) is known only when it runs, so the rehearsal ends here", fix: "this is no error: the deployment will ask")
  }
}
