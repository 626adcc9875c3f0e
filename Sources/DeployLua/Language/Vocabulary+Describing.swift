/// The words of the description phase.
extension Vocabulary {
  static let describing: [HostFunction] = [
    HostFunction(
      "recipe", .pure, .description, "\"name\" { … }", "What a deployment of one application is.",
      example: "recipe \"web\" { path = \"/srv/web\", revision = bundle \"dist\", targets = group \"production\" }",
      fields: [
        .init("api", "positive", "the API level it is written for; 1"),
        .init("application", "name", "what is deployed; the recipe's name where not given"),
        .init("revision", "revision", "the bundle: a folder, an archive or a git ref"),
        .init("targets", "targets", "a group, or a list of hosts"),
        .init("configuration", "configuration", "bounds: floor, parallel and budget; a name or a table"),
        .init("strategy", "strategy", "how the hosts are taken, wave by wave; all at once where not given"),
        .init("path", "name", "where releases live on hosts"),
        .init("shared", "strings", "paths that all releases share; a folder ends in /"),
        .init("keep", "positive", "releases that stay on a host; 5"),
        .init("reuse", "copy|link", "how unchanged files come into a new release"),
        .init("user", "name", "the login user, where neither host nor group names one"),
        .init("params", "table", "typed options of the recipe"),
        .init("stages", "stages", "what is done in order; upload and rollout where not given"),
        .init("on", "table", "hooks by lifecycle event: functions of (host, deployment)"),
        .init("on_failure", "functions", "called once with (deployment, error) when the deployment failed"),
        .init("on_success", "functions", "called once with (deployment) when it succeeded"),
        .init("rollback", "boolean", "whether hosts go back when something fails; true"),
        .init("appspec", "table", "installs bundles by the appspec file they hold; recipes.appspec sets it"),
        .init("base", "recipe", "the recipe it is built upon, or a list of them"),
      ]),
    HostFunction(
      "recipe.appspec", .pure, .description, "{ … }", "How bundles with an appspec file are installed.",
      example: "appspec = { file = \"appspec.yml\", file_exists = \"overwrite\" }",
      fields: [
        .init("file", "name", "the appspec file's path in the bundle; appspec.yml"),
        .init("file_exists", "disallow|overwrite|retain", "what becomes of files that no deployment put there; disallow"),
        .init("restore", "boolean", "whether replaced files come back when the host fails; true"),
        .init("ignore_stop_failures", "boolean", "whether failing stop scripts of the previous revision are skipped; false"),
        .init(
          "foreign_links", "follow|refuse",
          "what becomes of links to destinations that others than root and who deploys can exchange; follow"),
        .init("user", "name", "as whom files are put in place and scripts started, by way of sudo; the login user"),
      ]),
    HostFunction(
      "group", .pure, .description, "\"name\" { … }", "A named selection of hosts; without a table it refers to one.",
      example: "group \"production\" { hosts = { \"web[01-24].example.com\" }, user = \"deploy\" }",
      fields: hostFields + [
        .init("hosts", "hosts", required: true, "names, ranges such as web[01-24], or host \"name\" { … }"),
        .init("params", "record", "values of recipe parameters for this group"),
      ]),
    HostFunction(
      "host", .pure, .description, "\"name\" { … }", "A host with more than a name.",
      example: "host \"web25\" { address = \"10.0.3.25\", tags = { zone = \"b\" } }",
      fields: hostFields + [.init("address", "name", "what to connect to; the name where not given")]),
    HostFunction(
      "configuration", .pure, .description, "\"name\" { … }", "Bounds that hold whatever a strategy decides.",
      example: "configuration \"careful\" { floor = \"75%\", parallel = \"10%\", budget = { failed = 1 } }",
      fields: [
        .init("floor", "amount", "hosts that keep serving"), .init("parallel", "amount", "hosts in flight at once"),
        .init("budget", "table", "what may go wrong: { failed = 1, unreachable = \"2%\" }"),
      ]),
    HostFunction(
      "configuration.budget", .pure, .description, "{ … }", "What may go wrong before a deployment stops and goes back.",
      example: "budget = { failed = 1, unreachable = \"2%\" }",
      fields: [.init("failed", "amount", "hosts that may fail"), .init("unreachable", "amount", "hosts that may be out of reach")]),
    HostFunction(
      "strategy", .pure, .description, "\"name\" (function(rollout, options) … end)", "A function that decides about waves.",
      example: "strategy \"halves\" (function(rollout) for wave in rollout.targets:batches \"50%\" do rollout:wave(wave) end end)",
      fields: [
        .init("decide", "function", required: true, "function(rollout, options)"),
        .init("options", "function", "a schema for its options"),
      ]),
    HostFunction(
      "stage", .pure, .description, "\"name\" { run = … }", "A part of a deployment that runs once.",
      example: "stage \"migrate\" { run = function(deployment) deployment.targets:first():run \"bin/migrate\" end }",
      fields: [
        .init("run", "function", required: true, "function(deployment)"),
        .init("when", "function", "function(deployment): whether it runs"), .init("summary", "string", "one sentence for plans"),
        .init("before", "name", "the stage it runs just before: upload, rollout or a stage's name"),
        .init("after", "name", "the stage it runs just after"),
      ]),
    HostFunction(
      "stage.rollout", .pure, .description, "{ strategy = … }", "Takes the hosts through their lifecycle.",
      example: "stage.rollout { strategy = rolling { batch = \"25%\" } }",
      fields: [.init("strategy", "strategy", "all at once where not given")]),
    HostFunction(
      "transport", .pure, .description, "\"name\" (function(host) … end)",
      "How the shell of a host is reached: a function that gives an argv.",
      example: "transport \"docker\" (function(host) return { \"docker\", \"exec\", \"-i\", host.name, \"sh\" } end)"),
    HostFunction(
      "bundle", .pure, .description, "\"folder\" or { … }", "The revision: what is packed and sent.",
      example: "bundle { build = \"make dist\", from = \"dist\", ignore = { \"*.map\" } }",
      fields: [
        .init("from", "name", "a folder or an archive, relative to the project"), .init("build", "name", "a command run before, here"),
        .init("ignore", "strings", "patterns of paths to leave out"), .init("git", "name", "a branch, tag or commit instead of from"),
        .init("repository", "name", "the local repository of git; the project where not given"),
      ]),
    HostFunction(
      "plugin", .pure, .description, "return { … } in plugin.lua", "A plugin's manifest: data only.",
      example: "return { name = \"http_check\", version = \"1.0.0\", api = 1 }",
      fields: [
        .init("name", "name", required: true, "the plugin's folder"),
        .init("version", "name", required: true, "of the plugin, as in 1.2.0"),
        .init("api", "positive", required: true, "the API level it is written for"), .init("summary", "string", "one sentence"),
        .init("license", "string", "an SPDX name"), .init("main", "string", "the file that require reads; init.lua"),
        .init("capabilities", "strings", "what it wants to reach"), .init("dependencies", "record", "plugins it requires"),
      ]),
  ]

  private static let hostFields: [HostFunction.Field] = [
    .init("user", "name", "the login user"), .init("port", "port", "of the ssh server"),
    .init("transport", "name", "ssh, local, or one that transport \"name\" defines"),
    .init("root", "name", "a folder put before the recipe's path"), .init("tags", "record", "for selections and strategies"),
    .init("vars", "record", "values for hooks"),
  ]
}
