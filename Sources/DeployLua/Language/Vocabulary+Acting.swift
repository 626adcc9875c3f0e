/// The words of the run phase.
extension Vocabulary {
  private static let timeout = HostFunction.Field("timeout", "duration", "when it is given up")

  private static let commandFields: [HostFunction.Field] = [
    .init("env", "table", "variables by name; texts or secrets"), .init("cwd", "name", "the folder; the release where not given"),
    timeout, .init("input", "any", "what it reads on stdin; a text or a secret"),
    .init("user", "name", "who runs it; the login user where not given"),
    .init("merge", "boolean", "both streams as one, in exact order"),
    .init("retry", "table", "{ times = 3, every = \"5s\", backoff = 2 }"),
    .init("on_lost", "fail|repeat", "what becomes of it when nobody can say how it ended"),
    .init("rehearse", "answer", "what plan, check and rehearse take for its answer: a text, or { stdout, stderr, status }"),
  ]
  private static let foretold = HostFunction.Field("rehearse", "string", "the text that plan, check and rehearse take for its answer")

  static let acting: [HostFunction] = [
    HostFunction(
      "host:run", .effect, .run, "command, { … }", "Runs a command on the host, at most once; another status than 0 is an error.",
      example: "host:run(\"bin/migrate --yes\", { timeout = \"15m\" })", fields: commandFields),
    HostFunction(
      "host:try", .effect, .run, "command, { … }", "Runs a command and gives its result whatever its status.",
      example: "if not host:try(\"systemctl is-active web\").ok then … end", fields: commandFields),
    HostFunction(
      "host:read", .probe, .run, "path, { … }", "The text of a file.", example: "host:read(\"/etc/os-release\")",
      fields: [
        timeout, .init("default", "any", "given where there is no file"), .init("limit", "positive", "bytes at most; 1 MiB"), foretold,
      ]),
    HostFunction(
      "host:exists", .probe, .run, "path, { … }", "Whether there is something at a path.", example: "host:exists \"config/local.env\"",
      fields: [timeout, .init("rehearse", "boolean", "what plan, check and rehearse take for its answer")]),
    HostFunction(
      "host:run.rehearse", .pure, .run, "{ … }", "What a rehearsal takes for the answer of a command.",
      example: "host:run(\"nproc\", { rehearse = \"4\" })",
      fields: [
        .init("stdout", "string", "its output; empty where not given"), .init("stderr", "string", "its messages; empty where not given"),
        .init("status", "integer", "its exit status; 0 where not given"),
      ]),
    HostFunction(
      "host:write", .effect, .run, "path, text, { … }", "Writes a file at once and whole.",
      example: "host:write(\"config/port\", \"8080\\n\", { mode = \"0640\" })",
      fields: [timeout, .init("mode", "mode", "permission bits"), .init("owner", "name", "user or user:group")]),
    HostFunction(
      "host:link", .effect, .run, "target, path", "Makes a symbolic link, or changes where one points.",
      example: "host:link(\"/srv/shop/shared/log\", \"log\")"),
    HostFunction(
      "host:upload", .effect, .run, "from, to, { … }", "Copies a file or folder of this machine to the host.",
      example: "host:upload(\"certs/ca.pem\", \"etc/ca.pem\")", fields: [timeout]),
    HostFunction(
      "host:download", .effect, .run, "from, to, { … }", "Copies a file of the host to this machine.",
      example: "host:download(\"log/build.txt\", \"out/build.txt\")", fields: [timeout]),
    HostFunction(
      "host:wait_for", .probe, .run, "{ … }", "Asks the host until something answers, or the time is over.",
      example: "host:wait_for { http = \"http://localhost:8080/ready\", timeout = \"2m\" }",
      fields: [
        .init("http", "name", "a URL, asked from the host itself"), .init("port", "port", "a TCP port on the host"),
        .init("command", "name", "a command that exits with 0"),
        .init("status", "any", "the status, or statuses, that are healthy; 200 to 399"),
        .init("timeout", "duration", "how long in all; 60 s"), .init("every", "duration", "between two questions; 1 s"),
      ]),
    HostFunction(
      "here:run", .effect, .run, "command, { … }", "Runs a command on the engine's own machine.", example: "here:run \"git tag -f live\"",
      fields: commandFields),
    HostFunction(
      "here:try", .effect, .run, "command, { … }", "The same, whatever its status.", example: "here:try(\"git diff --quiet\").ok",
      fields: commandFields),
    HostFunction(
      "here:read", .probe, .run, "path, { … }", "The text of a file on the engine's own machine.", example: "here:read \"VERSION\""),
    HostFunction(
      "rollout:wave", .effect, .run, "hosts, { … }", "Changes these hosts; gives how many succeeded, failed and are ready.",
      example: "local outcome = rollout:wave(rollout.targets:take \"10%\")",
      fields: [
        .init("parallel", "amount", "how many of them at once"),
        .init("upto", "string", "leaves them ready after stop, deliver, install, start, validate or admit; a later wave takes them on"),
      ]),
    HostFunction("rollout:wait", .pure, .run, "duration", "Waits between two waves.", example: "rollout:wait \"10m\""),
    HostFunction(
      "rollout:rollback", .effect, .run, "format, …", "Gives up: hosts that were changed go back.",
      example: "rollout:rollback(\"%d hosts failed\", outcome.failed)"),
  ]

  static let flowing: [HostFunction] = [
    HostFunction(
      "log", .pure, .run, "(format, …), .warn(format, …)", "A line for whoever reads along: debug, info (log itself), warn or error.",
      example: "log.info(\"%s is up\", host)"),
    HostFunction(
      "fail", .pure, .both, "format, …", "Ends the function with an error in words.", example: "fail(\"%s is not ready\", host)"),
    HostFunction("sleep", .pure, .run, "duration", "Waits.", example: "sleep \"5s\""),
    HostFunction(
      "retry", .pure, .run, "{ … }, function", "Calls a function until it does not raise.",
      example: "retry({ times = 20, every = \"3s\" }, function() host:run \"bin/ready\" end)",
      fields: [
        .init("times", "positive", "attempts in all; 3"), .init("every", "duration", "between two attempts; 1 s"),
        .init("backoff", "number", "what the pause is multiplied with each time"),
      ]),
    HostFunction(
      "each", .pure, .run, "list, function, { … }", "Calls a function for each item, all at once; gives results in order.",
      example: "each(deployment.targets, function(host) host:run \"bin/warm\" end, { limit = 10 })", fields: together),
    HostFunction(
      "all", .pure, .run, "{ functions }, { … }", "Calls different functions at once.", example: "all { warm_cache, announce }",
      fields: together),
    HostFunction(
      "within", .pure, .run, "duration, function", "A deadline over any number of steps.", example: "within(\"5m\", function() … end)"),
    HostFunction(
      "secret", .pure, .both, "\"NAME\"", "A handle of a secret: for env, input and write; never its characters.",
      example: "env = { TOKEN = secret \"TOKEN\" }"),
    HostFunction("quote", .pure, .both, "text", "A text as one word for a shell.", example: "host:run(\"echo \" .. quote(name))"),
    HostFunction(
      "schema", .pure, .description, "{ name = schema.string { … } }", "Typed options of a plugin or a shipped recipe.",
      example: "local options = schema { url = schema.string { required = true } }"),
    HostFunction(
      "require", .pure, .description, "\"name\"", "A plugin, a shipped recipe (recipes.name), or a file of the same plugin (./name).",
      example: "local http_check = require \"http_check\""),
  ]

  private static let together: [HostFunction.Field] = [
    .init("limit", "positive", "how many at once"), .init("keep_going", "boolean", "whether the others go on when one fails"),
  ]
}
