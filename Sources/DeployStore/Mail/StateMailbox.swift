import DeployCore
package import DeployModel
import Glibc

/// Messages to deployments, as files in the state folder: `mail/DEPLOYMENT/MESSAGE.json`, with mode 0600 in folders of mode 0700. A file is
/// written completely before it is renamed into place. It stays until its message is in the journal.
package struct StateMailbox: Mailbox {
  private let folder: String
  /// The owner of the state folder. Only files of this user, of root and of this process's user are accepted.
  private let owner: Int
  private let complain: @Sendable (Problem) -> Void

  /// The largest number of messages that can wait for one deployment, and the largest size of a message's file, in bytes.
  package static let (limit, sizeLimit) = (100, 8192)
  /// How often an engine looks for messages. Each search costs one `opendir`.
  static let interval = Duration.milliseconds(500)

  /// - Parameter complain: called once for each file that is not a message.
  package init(in state: StateDirectory, complain: @escaping @Sendable (Problem) -> Void = { _ in }) {
    folder = state.mail
    owner = Disk.status(state.path)?.owner ?? Int(geteuid())
    self.complain = complain
  }

  // MARK: for the engine

  package func messages(for deployment: Deployment.ID) -> AsyncStream<Message> {
    AsyncStream { stream in
      let watch = Task {
        var delivered: [Message.ID] = []
        var named: [String] = []
        while !Task.isCancelled {
          let found = look(at: deployment)
          for fault in found.faults where !named.contains(fault.file) && named.count < Self.limit {
            named.append(fault.file)
            complain(Problem("ignored \(fault.file): \(fault.what)", fix: "remove it: rm '\(fault.file)'"))
          }
          for message in found.messages where !delivered.contains(message.id) { stream.yield(message) }
          delivered = found.messages.map(\.id)
          try? await Task.sleep(for: Self.interval)
        }
        stream.finish()
      }
      stream.onTermination = { _ in watch.cancel() }
    }
  }

  package func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) { withdraw(message, from: deployment) }

  package func close(_ deployment: Deployment.ID) {
    if let folder = try? folder(of: deployment) { try? Disk.remove(folder) }
  }

  // MARK: for senders

  /// Leaves a message for a deployment. The message is durable when this returns.
  /// - Throws: `invalid` if no engine accepts the message, `noSpace` if too many messages are waiting, and any failure of the disk. Also
  ///   throws `notPermitted` if root leaves a message in the state folder of another user, because that user's engine could not read the
  ///   message.
  package func send(_ message: Message, to deployment: Deployment.ID) throws(Failure) {
    if geteuid() == 0, owner != 0 {
      let name = Self.name(owner)
      throw Failure(
        .notPermitted, "the deployment's state folder belongs to \(name), whose engine could not read a message of root",
        fix: "say it as that user: sudo -u \(name) lander \(message.kind.rawValue) \(deployment)")
    }
    let folder = try folder(of: deployment)
    if let fault = message.fault { throw Failure(.invalid, "the message \(fault)") }
    guard let bytes = try? CompactJSON.encode(message), bytes.count <= Self.sizeLimit else {
      throw Failure(.invalid, "the message does not fit into \(Self.sizeLimit) bytes")
    }
    guard Disk.ownNames(in: folder).count < Self.limit else {
      let words = "\(Self.limit) messages wait for deployment \(deployment) already, in \(folder)"
      throw Failure(.noSpace, words, fix: "remove what is not wanted")
    }
    for attempt in 1... {
      do throws(Failure) {
        try Disk.makeFolder(folder)
        return try Disk.write(bytes, to: "\(folder)/\(message.id).json")
      } catch {
        // The engine removes the folder together with the last message that it takes.
        guard error.kind == .missing, attempt < 5 else { throw error }
      }
    }
  }

  /// Returns whether a message is still waiting, because no engine has written it to the journal yet.
  package func waits(_ message: Message.ID, for deployment: Deployment.ID) -> Bool {
    guard let folder = try? folder(of: deployment) else { return false }
    return Disk.exists("\(folder)/\(message).json")
  }

  /// Removes a message, because the sender withdraws it or because the engine has written it to the journal. The folder is removed together
  /// with its last message.
  /// - Returns: whether the message was there.
  @discardableResult
  package func withdraw(_ message: Message.ID, from deployment: Deployment.ID) -> Bool {
    guard let folder = try? folder(of: deployment) else { return false }
    let wasThere = unlink("\(folder)/\(message).json") == 0
    rmdir(folder)
    return wasThere
  }

  // MARK: files

  private func folder(of deployment: Deployment.ID) throws(Failure) -> String {
    guard Deployment.isName(deployment) else { throw Failure(.invalid, "\"\(deployment)\" is no deployment's id") }
    return "\(folder)/\(deployment)"
  }

  /// A file that is not a message, and what is wrong with it.
  private struct Fault {
    var file: String
    var what: String
  }

  /// Returns the waiting messages, the oldest first, and the files that are not messages. A file that is still being written is ignored.
  private func look(at deployment: Deployment.ID) -> (messages: [Message], faults: [Fault]) {
    guard let folder = try? folder(of: deployment), let status = Disk.status(folder) else { return ([], []) }
    guard status.kind == .directory, isOurs(status) else {
      return ([], [Fault(file: folder, what: "it is no folder that only \(Self.name(owner)) or root may write to")])
    }
    var (messages, faults): ([Message], [Fault]) = ([], [])
    for name in Disk.ownNames(in: folder).prefix(2 * Self.limit) where !name.hasSuffix(".tmp") {
      do throws(Failure) {
        messages.append(try message(in: "\(folder)/\(name)", named: name))
      } catch {
        // The sender has withdrawn the message in the meantime.
        if error.kind != .missing { faults.append(Fault(file: "\(folder)/\(name)", what: error.message)) }
      }
    }
    return (messages.sorted { ($0.at.milliseconds, $0.id) < ($1.at.milliseconds, $1.id) }, faults)
  }

  private func message(in path: String, named name: String) throws(Failure) -> Message {
    let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    let status = try file.status()
    guard status.kind == .file, isOurs(status) else {
      throw Failure(.invalid, "it is no file that only \(Self.name(owner)) or root may write to")
    }
    guard status.size <= Self.sizeLimit else { throw Failure(.invalid, "it has \(status.size) bytes, and \(Self.sizeLimit) are allowed") }
    let bytes = try file.read(at: 0, count: Self.sizeLimit)
    let message: Message
    do {
      message = try CompactJSON.decode(Message.self, from: bytes)
    } catch {
      throw Failure(.invalid, "it is no message that this version of lander knows")
    }
    if let fault = message.fault { throw Failure(.invalid, "its message \(fault)") }
    guard name == "\(message.id).json" else { throw Failure(.invalid, "it holds the message \(message.id), and has another name") }
    return message
  }

  /// Returns whether a file belongs to root, to the user of this process or to the owner of the state folder, and no other user is allowed
  /// to write to it.
  private func isOurs(_ status: FileStatus) -> Bool {
    (status.owner == 0 || status.owner == Int(geteuid()) || status.owner == owner) && status.mode & 0o022 == 0
  }

  private static func name(_ user: Int) -> String {
    getpwuid(uid_t(user)).flatMap { $0.pointee.pw_name.map { String(cString: $0) } } ?? "user \(user)"
  }
}
