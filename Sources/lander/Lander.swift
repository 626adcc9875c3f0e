import ArgumentParser
import DeployCore
import DeployModel
import DeployReport
import Glibc

/// The command `lander`. Each subcommand has a file of its own.
struct Lander: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lander",
    abstract: "Deploys applications to many hosts, in waves and with automatic rollback, as a deploy.lua describes.",
    discussion: """
      Results go to standard output, and progress goes to standard error. With -C DIR before the command, lander runs as if it were \
      started in DIR. lander --version prints the version of lander. After a command, --version is an option of the recipe, if the recipe \
      declares a parameter of this name.

      Exit codes:
        0   done
        1   lander has a defect
        2   an error in your files or arguments
        3   refused; for verify and audit: something differs
        4   another deployment has the hosts, or is newer than this one
        10  the deployment failed, and its hosts were rolled back
        11  the deployment failed, and so did the rollback
        12  the deployment failed, and hosts were left as they are
        13  parked: the deployment waits for a person, and no process runs it
        14  ended on purpose, while some hosts still have the old revision;
            plan: the plan depends on an answer that only a real host can give;
            alarm: the checks were inconclusive
        15  cancelled, and hosts were restored
        16  rejected or not answered in time, and hosts were rolled back
        17  a watch, an analysis or an alarm found that the release is bad, and
            hosts were rolled back
        20  a host is unreachable
        21  a problem with transport, disk space or the store, or something is
            missing on a host
        22  the time is over, and the deployment is parked (--wait) or
            continues (--timeout)
        129, 130, 143
            the command was ended by a closed terminal, by Ctrl-C or by SIGTERM

      lander does not roll back tasks. lander help run says what 10 to 17 mean for a task.
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Begin",
        subcommands: [InitCommand.self, CheckCommand.self, TestCommand.self, ReplCommand.self, DocsCommand.self, DoctorCommand.self]),
      CommandGroup(
        name: "Deploy",
        subcommands: [
          PlanCommand.self, RehearseCommand.self, SimulateCommand.self, DeployCommand.self, JoinCommand.self, RollbackCommand.self,
          RunCommand.self,
          PauseCommand.self, ResumeCommand.self, CancelCommand.self, ApproveCommand.self, RejectCommand.self, PromoteCommand.self,
          ReapCommand.self, RemoveCommand.self, UnlockCommand.self,
        ]),
      CommandGroup(
        name: "Inspect",
        subcommands: [
          StatusCommand.self, DiffCommand.self, FollowCommand.self, WaitCommand.self, LogsCommand.self, HistoryCommand.self,
          ShowCommand.self,
          ReleasesCommand.self, VerifyCommand.self, ListCommand.self, ExplainCommand.self, ReportCommand.self, ExportCommand.self,
          AuditCommand.self,
        ]),
      CommandGroup(
        name: "Hosts and bundles",
        subcommands: [HostsCommand.self, ExecCommand.self, ConsoleCommand.self, BundleCommand.self]),
      CommandGroup(
        name: "More", subcommands: [PluginCommand.self, AppSpecCommand.self, CompletionsCommand.self, HelpPagesCommand.self]),
    ])
}

/// The version of this program; receipts and journals record it.
enum Version {
  static let number = "0.1.0"
}

/// A command that returns its exit code.
protocol Verb: AsyncParsableCommand {
  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode
}

extension Verb {
  mutating func run() async throws {
    let code = try await perform(on: Terminal())
    if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
  }
}

@main
enum Main {
  static func main() async {
    // If the parent closed a standard descriptor, the first file that is opened would get that descriptor's number, and would receive what
    // is printed.
    let closed = (0..<Int32(3)).filter { fcntl($0, F_GETFD) < 0 }
    for _ in closed { _ = open("/dev/null", O_RDWR) }
    // The command must not die half-way through a deployment if a reader goes away, as in `lander history | head`. So SIGPIPE gets a
    // handler that does nothing. Unlike SIG_IGN, a handler is not inherited by the processes that this one starts.
    signal(SIGPIPE, hearNothing)
    // A write beyond `ulimit -f` must fail like a write to a full disk.
    signal(SIGXFSZ, hearNothing)
    Quit.arm()
    // Jobs on this machine outlive this process, so they must not inherit this process's descriptors, such as the pipe for a CI step's
    // output.
    for descriptor in 3..<Int32(1024) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    _ = OutputFile.given
    let terminal = Terminal()
    Ending.expect(Array(CommandLine.arguments.dropFirst()))
    EarlyEnd.arm(terminal)
    // A signal arrived before the command began.
    if EarlyEnd.isUnderWay { EarlyEnd.wait() }
    do {
      try ArgumentBytes.check()
      let arguments = try Elsewhere.enter(Array(CommandLine.arguments.dropFirst()))
      // `--version` is accepted only before a command. After a command, it would succeed although nothing was deployed.
      if arguments.first == "--version" {
        terminal.say(Version.number)
        Ending.leave(.done)
      }
      if closed.contains(STDOUT_FILENO) { try Ending.refuseUnread() }
      try Ending.openFiles()
      try Subcommand.check(arguments, of: Lander.self)
      try EmptyWords.check(arguments)
      try Elsewhere.check()
      var command = try Lander.parseAsRoot(StayOptions.completed(arguments))
      if var patient = command as? any AsyncParsableCommand {
        try await patient.run()
      } else {
        try command.run()
      }
      Ending.leave(.done)
    } catch {
      // If a signal is ending the command, failures that the signal causes are not reported.
      if EarlyEnd.isUnderWay { EarlyEnd.wait() }
      Ending.leave(terminal.report(error), error)
    }
  }
}

/// The option `-C DIR` before the command, as in git and make.
enum Elsewhere {
  /// Enters the folder, and returns the arguments after the option.
  /// - Throws: `Problems` if there is no such folder.
  static func enter(_ arguments: [String]) throws(Problems) -> [String] {
    var rest = arguments[...]
    while let named = next(in: &rest) {
      guard let folder = named, !folder.isEmpty else { throw Problems(Problem("-C needs a folder", fix: "lander -C shop status")) }
      guard chdir(folder) == 0 else { throw Problems(Folder.missing(Folder.absolute(folder), subject: "-C")) }
    }
    return Array(rest)
  }

  /// Returns the arguments after the option, without entering the folder.
  static func rest(of arguments: [String]) -> [String] {
    var rest = arguments[...]
    while next(in: &rest) != nil {}
    return Array(rest)
  }

  /// Takes one `-C DIR` from the front. The outer optional is nil if the first word is not `-C`. The inner optional is nil if no folder
  /// follows `-C`.
  private static func next(in rest: inout ArraySlice<String>) -> String?? {
    guard let word = rest.first, word.hasPrefix("-C") || word == "--project" || word.hasPrefix("--project=") else { return nil }
    rest.removeFirst()
    let attached = word.hasPrefix("-C") ? word.dropFirst(2) : word.dropFirst("--project=".count)
    return .some(attached.isEmpty ? rest.popFirst() : String(attached))
  }

  /// Checks the current folder. - Throws: `Problems` if the folder has no usable path, because every relative path would then start at `/`.
  static func check() throws(Problems) {
    let path = getcwd(nil, 0)
    defer { free(path) }
    let reason: String? =
      if let path { strlen(path) < Int(PATH_MAX) ? nil : "its path has over \(PATH_MAX - 1) bytes" } else {
        errno == ENOENT ? "it was removed" : String(cString: strerror(errno))
      }
    guard let reason else { return }
    throw Problems(Problem("the current folder cannot be used: \(reason)", fix: "change to another one, or name the project's with -C"))
  }
}

/// The handler of a signal that should do nothing. It is a function, not a closure, because a closure in `main` would belong to the main
/// actor and would trap if another thread writes.
private func hearNothing(_: Int32) {}

/// Finds subcommands by their names. Unknown names are refused, with a near match.
enum Subcommand {
  /// Returns the subcommand that the first words name, or the parent if there is no such subcommand.
  static func named(_ arguments: [String], below parent: any ParsableCommand.Type = Lander.self) -> any ParsableCommand.Type {
    guard let word = arguments.first,
      let child = parent.configuration.subcommands.first(where: {
        ($0.configuration.commandName ?? $0._commandName) == word || $0.configuration.aliases.contains(word)
      })
    else { return parent }
    return named(Array(arguments.dropFirst()), below: child)
  }

  /// Returns those words that are the command's name, such as `bundle list`.
  static func path(_ arguments: [String], below parent: any ParsableCommand.Type = Lander.self) -> [String] {
    guard let word = arguments.first else { return [] }
    let child = named([word], below: parent)
    return child == parent ? [] : [word] + path(Array(arguments.dropFirst()), below: child)
  }

  /// - Throws: `Problems` if the first word that is not an option is not the name of a subcommand.
  static func check(
    _ arguments: [String], of parent: any ParsableCommand.Type, path: String = "lander"
  ) throws {
    guard let word = arguments.first, !word.hasPrefix("-") else { return }
    if word == "help" { return try check(Array(arguments.dropFirst()), of: parent, path: path) }
    let children = parent.configuration.subcommands
    guard !children.isEmpty else { return }
    let names = children.map { ($0, $0.configuration.commandName ?? $0._commandName) }
    if let child = names.first(where: { $0.1 == word || $0.0.configuration.aliases.contains(word) }) {
      return try check(Array(arguments.dropFirst()), of: child.0, path: "\(path) \(word)")
    }
    if parent.configuration.defaultSubcommand != nil { return }
    let known = names.filter { $0.0.configuration.shouldDisplay }.map(\.1)
    throw Problems(
      Problem("there is no command \"\(path) \(word)\"", fix: NearMatch.hint(word, among: known)))
  }
}
