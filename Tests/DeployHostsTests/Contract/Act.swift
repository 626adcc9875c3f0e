import DeployModel

@testable import DeploySimulation

/// A command in sentences of the contract: a line for a shell, and what a simulated host does in its place.
struct Act: Sendable {
  let line: String
  /// Returns what the simulated host does, from the command's input and the number of its earlier runs.
  let simulated: @Sendable (_ input: String, _ before: Int) -> SimulatedCommand

  private init(_ line: String, _ make: @escaping @Sendable (inout SimulatedCommand, _ input: String, _ before: Int) -> Void) {
    self.line = line
    simulated = { input, before in
      var command = SimulatedCommand()
      make(&command, input, before)
      return command
    }
  }

  static let all = [speak, merge, dieOfSignal, count, countSlowly, stay, spread, speakLong, speakTooLong, no]

  /// Repeats its input, writes one line to each stream, and exits with 3.
  static let speak = Act("cat; echo out; echo oops >&2; exit 3") { command, input, _ in
    (command.stdout, command.stderr, command.status) = (input + "out\n", "oops\n", 3)
  }
  static let merge = Act("echo a; echo b >&2") { command, _, _ in (command.stdout, command.stderr) = ("a\n", "b\n") }
  static let dieOfSignal = Act("kill -9 $$") { command, _, _ in command.status = 137 }
  /// Appends a line to `ran` at each run.
  static let count = Act("echo x >>ran; echo done") { command, _, _ in
    (command.stdout, command.appends) = ("done\n", [.init("ran", "x\n")])
  }
  /// Is slow only at its first run.
  static let countSlowly = Act("echo x >>ran; echo begun; [ $(wc -l <ran) -gt 1 ] || sleep 60") { command, _, before in
    (command.stdout, command.appends) = ("begun\n", [.init("ran", "x\n")])
    if before == 0 { command.duration = .seconds(60) }
  }
  static let stay = Act("echo begun; sleep 600") { command, _, _ in (command.stdout, command.duration) = ("begun\n", .seconds(600)) }
  /// Leaves behind a process in a session of its own, which writes to `beat` until it is killed.
  static let spread = Act(
    "echo begun; echo trouble >&2; setsid sh -c 'while :; do echo x >>beat; sleep 0.1; done' & sleep 600"
  ) { command, _, _ in
    (command.stdout, command.stderr, command.duration) = ("begun\n", "trouble\n", .seconds(600))
    command.appends = [.init("beat", "x\n")]
  }
  /// Writes more than an outcome contains of a stream.
  static let speakLong = Act("head -c 400000 /dev/zero | tr '\\0' a") { command, _, _ in
    command.stdout = String(repeating: "a", count: 400_000)
  }
  /// Writes more than the hosts in the contract's tests keep of a stream.
  static let speakTooLong = Act("head -c 600000 /dev/zero | tr '\\0' a; echo end >&2") { command, _, _ in
    (command.stdout, command.stderr) = (String(repeating: "a", count: 600_000), "end\n")
  }
  static let no = Act("echo not yet >&2; exit 1") { command, _, _ in (command.stderr, command.status) = ("not yet\n", 1) }

  /// The number of bytes that the hosts in the contract's tests keep of each stream.
  static let limit = 512_000

  func command(
    input: String? = nil, merge: Bool = false, onLost: Command.OnLost = .fail, user: String? = nil
  ) -> DeployModel.Operation {
    .run(Command(.shell(line), input: input.map { Text($0) }, user: user, merge: merge, onLost: onLost))
  }
}
