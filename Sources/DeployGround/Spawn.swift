package import Glibc

/// Starts programs. No other code calls `posix_spawn`.
package enum Spawn {
  /// Starts a program in its own process group, with the default handling of every signal. The program inherits the given descriptors, and
  /// no descriptor that is close-on-exec. The caller closes its own copies.
  /// - Parameters:
  ///   - program: a path or a name to look up in this process's PATH, or nil for the first element of `argv`.
  ///   - environment: `NAME=value` entries.
  ///   - streams: the descriptors that become 0, 1, 2 and so on.
  package static func start(
    _ argv: [String], program: String? = nil, environment: [String], streams: [Int32]
  ) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (stream, descriptor) in streams.enumerated() { posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(stream)) }

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

    let words: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) } + [nil]
    let settings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { for word in words + settings { free(word) } }
    var process: pid_t = 0
    let code = posix_spawnp(&process, program ?? argv[0], &actions, &attributes, words, settings)
    guard code == 0 else { throw SystemError(code) }
    return process
  }

  /// Returns this process's environment as `NAME=value` entries, filtered by name.
  package static func environment(only names: (String) -> Bool = { _ in true }) -> [String] {
    var found: [String] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if names(String(text.prefix { $0 != "=" })) { found.append(text) }
      next += 1
    }
    return found
  }

  /// Returns a pipe whose ends are close-on-exec, so that no child inherits them.
  package static func pipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw SystemError() }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}
