import DeployModel

/// The names that no parameter of a recipe can have, because a command that acts on a recipe, or the parser, has an option of that name. A
/// test compares this list with the commands.
enum ReservedNames {
  static let all = [
    "actor", "again", "application-name", "appspec", "appspec-filename", "batch", "between", "compare", "connect",
    "deployment-group-name", "despite", "dotenv", "events", "experimental-dump-help", "failing", "fault", "faults",
    "file-exists-behavior", "force", "from-group", "generate-completion-script", "group", "help", "help-hidden", "host-time", "hosts",
    "html", "ignore-stop-failures", "json", "junit", "label", "message", "missing", "no-restore", "on-busy", "only", "orphans", "otlp",
    "out", "output", "override-freeze", "param", "params", "plan", "project", "quiet", "ran", "reads", "reason", "refuse-foreign-links",
    "requests", "result", "revision", "runs", "seed", "sequence", "state", "straighten", "sudo", "timeline", "to", "urgent", "user",
    "value", "verbose", "wait", "where",
  ]
  static func contains(_ name: String) -> Bool { all.contains { $0.isExactly(name) } }
}
