import DeployModel
import Glibc

/// A process in a group of its own, its standard streams on descriptors of ours. Nobody else inherits those.
struct Child: Sendable {
  let pid: pid_t
  /// Takes what is written to its standard input.
  let input: Int32
  let output: Int32
  let errors: Int32

  /// Starts a program found along this process's PATH. An empty environment entry list means: as ours.
  /// - Throws: kind `missing` where there is no such program, `transport` for what the system refuses.
  static func start(_ argv: [String], environment: [String]? = nil) throws(Failure) -> Child {
    // Sockets rather than pipes: made close-on-exec in one call, and a broken one does not end us with a signal.
    var pairs: [[Int32]] = []
    func closeAll() { for pair in pairs { for descriptor in pair { close(descriptor) } } }
    for _ in 0..<3 {
      var pair: [Int32] = [-1, -1]
      let kind = Int32(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
      guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
        let reason = String(cString: strerror(errno))
        closeAll()
        throw Failure(.transport, "no descriptors for another child process: \(reason)", fix: "raise the limit on open files: ulimit -n 4096")
      }
      pairs.append(pair)
    }
    defer { for pair in pairs { close(pair[1]) } }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (stream, pair) in pairs.enumerated() { posix_spawn_file_actions_adddup2(&actions, pair[1], Int32(stream)) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var words: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) }
    words.append(nil)
    var settings: [UnsafeMutablePointer<CChar>?] = (environment ?? Child.environment()).map { strdup($0) }
    settings.append(nil)
    defer { for word in words + settings { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, argv[0], &actions, &attributes, words, settings)
    guard code == 0 else {
      for pair in pairs { close(pair[0]) }
      let reason = String(cString: strerror(code))
      throw Failure(code == ENOENT ? .missing : .transport, "\(argv[0]) could not be started: \(reason)", fix: "is \(argv[0]) installed and in PATH?")
    }
    for pair in pairs { _ = fcntl(pair[0], F_SETFL, fcntl(pair[0], F_GETFL) | O_NONBLOCK) }
    return Child(pid: pid, input: pairs[0][0], output: pairs[1][0], errors: pairs[2][0])
  }

  /// This process's environment as `NAME=value`, only the names that are asked for where any are.
  static func environment(only names: (String) -> Bool = { _ in true }) -> [String] {
    var found: [String] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if names(String(text.prefix { $0 != "=" })) { found.append(text) }
      next += 1
    }
    return found
  }

  /// Waits for its end on a thread of its own; the status as a shell counts it, 128 and the signal's number for a signal.
  func exit() async -> Int {
    let pid = self.pid
    return await withCheckedContinuation { resume in
      final class Box { let resume: CheckedContinuation<Int, Never>, pid: pid_t; init(_ r: CheckedContinuation<Int, Never>, _ p: pid_t) { resume = r; pid = p } }
      var thread = pthread_t()
      let box = Unmanaged.passRetained(Box(resume, pid)).toOpaque()
      let code = pthread_create(&thread, nil, { box in
        let box = Unmanaged<Box>.fromOpaque(box!).takeRetainedValue()  // passed by the call below, never nil
        var status: Int32 = 0
        while waitpid(box.pid, &status, 0) < 0 && errno == EINTR {}
        box.resume.resume(returning: status & 0x7f == 0 ? Int(status >> 8 & 0xff) : 128 + Int(status & 0x7f))
        return nil
      }, box)
      precondition(code == 0, "no thread to wait for a child")
      pthread_detach(thread)
    }
  }

  /// Ends the whole group.
  func signal(_ number: Int32) { kill(-pid, number) }
}
