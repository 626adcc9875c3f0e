import DeployModel

/// A script of the bundle, ready to start.
package struct Hook: Sendable, Hashable {
  /// The script. If it is not executable, it is made executable.
  package var path: HostPath
  package var argv: [String]
  /// The variables that are set in addition to the engine's own environment.
  package var variables: [(name: String, value: String)]
  /// The number of seconds within which the script has to end and its output has to be closed.
  package var timeout: Int
  /// If the script exceeds its timeout, the number of seconds between TERM and KILL.
  package var grace: Int

  package static let standardGrace = 10

  package init(_ script: HookScript, at path: HostPath, variables: [(name: String, value: String)], grace: Int = Hook.standardGrace) {
    self.path = path
    var argv = [path.text]
    if let user = script.runAs { argv = ["su", user, "-c", path.text.shellQuoted] }
    if script.sudo { argv.insert("sudo", at: 0) }
    self.argv = argv
    self.variables = variables
    timeout = script.timeout
    self.grace = grace
  }

  package static func == (a: Hook, b: Hook) -> Bool {
    a.argv == b.argv && a.timeout == b.timeout && a.grace == b.grace && a.variables.elementsEqual(b.variables, by: ==)
  }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(argv)
    hasher.combine(timeout)
  }
}

/// How a script ended.
package enum HookEnd: Sendable, Hashable {
  case exited(Int)
  case signalled(Int)
  /// The script exceeded its timeout. What it did after TERM does not matter.
  case timedOut
  /// The script ended in time, but a process that it started still holds this stream of its output.
  case leftOpen(HookOutput.Stream)
  /// The script could not be started.
  case notStarted(String)
  /// The script does not exist.
  case missing
  /// The script is not executable, and could not be made executable.
  case notExecutable
  /// The engine ended the script because the deployment has to stop.
  case stopped

  var hasBegun: Bool { self != .missing && self != .notExecutable }
}

/// A line of a script's output, including its line break if it had one.
package struct HookOutput: Sendable, Hashable {
  package enum Stream: String, Sendable, Hashable { case stdout, stderr }
  package var stream: Stream
  package var line: [UInt8]
  package init(_ stream: Stream, _ line: [UInt8]) {
    self.stream = stream
    self.line = line
  }
}

/// The result of a script. Result files use these names.
package enum HookResult: String, Sendable, Hashable, Codable {
  case success = "Success"
  case scriptMissing = "ScriptMissing"
  case scriptNotExecutable = "ScriptNotExecutable"
  case scriptTimedOut = "ScriptTimedOut"
  case scriptFailed = "ScriptFailed"
  /// Any failure other than a script's.
  case unknownError = "UnknownError"
  case outputsLeftOpen = "OutputsLeftOpen"

  var category: SpecProblem.Category {
    switch self {
    case .success, .unknownError: .other
    case .scriptMissing: .scriptMissing
    case .scriptNotExecutable: .scriptNotExecutable
    case .scriptTimedOut: .scriptTimedOut
    case .scriptFailed: .scriptFailed
    case .outputsLeftOpen: .scriptOutputsLeftOpen
    }
  }
}

extension HookEnd {
  /// Returns the result and, unless it is a success, the reason.
  func result(of script: HookScript, at path: HostPath) -> (HookResult, String) {
    let name = "Script at specified location: \(script.location)"
    let user = script.runAs.map { " run as user \($0)" } ?? ""
    return switch self {
    case .exited(0): (.success, "")
    case .exited(let status): (.scriptFailed, "\(name)\(user) failed with exit code \(status)\(Self.hint(status))")
    case .signalled(let signal): (.scriptFailed, "\(name)\(user) was ended by signal \(signal)")
    case .timedOut: (.scriptTimedOut, "\(name) failed to complete in \(script.timeout) seconds")
    case .leftOpen(let stream): (.outputsLeftOpen, "\(name) failed to close \(stream.rawValue.uppercased())")
    case .notStarted(let why): (.scriptFailed, "\(name)\(user) failed to start: \(why)")
    case .missing: (.scriptMissing, "Script does not exist at specified location: \(path)")
    case .notExecutable: (.scriptNotExecutable, "Script at specified location: \(path) is not executable")
    case .stopped: (.unknownError, "\(name) was ended because the deployment is to stop")
    }
  }

  private static func hint(_ status: Int) -> String {
    switch status {
    case 126: " (it cannot be executed: is it a folder, or on a file system mounted noexec?)"
    case 127: " (not found: does its first line name an interpreter that is there, without a carriage return at its end?)"
    default: ""
    }
  }
}
