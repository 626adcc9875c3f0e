/// Makes the text of a first `deploy.lua`.
struct DeployFile {
  var application: String
  var kind: ProjectKind
  var folder: String

  /// Returns the name without all characters that are not allowed in the name of an application. Letters, digits, `-` and `_` are allowed.
  static func safeName(_ name: String) -> String {
    let safe = name.lowercased().map {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "-"
    }
    let trimmed = String(safe).split(separator: "-").joined(separator: "-")
    return trimmed.isEmpty ? "app" : trimmed
  }

  var text: String {
    """
    -- deploy.lua: how \(application) is deployed to its servers.
    -- `lander check` reads this file, `lander plan` shows what would happen, `lander deploy` does it.

    group "production" {
      hosts = {
        "web1.example.com",                   -- <-- your hosts, as you type them after ssh;
        "web2.example.com",                   --     "web[01-12].example.com" stands for twelve
      },
      -- user = "deploy",                     -- the login user, if your ssh configuration does not set one
    }

    group "here" {                            -- this machine, to try things out: lander deploy --group here
      hosts = { host "here" { transport = "local", root = ".lander/here" } },
    }

    recipe "\(application)" {
      api      = 1,
    \(revision)
      targets  = group "production",
      path     = "/srv/\(application)",       -- the folder with releases/, current and shared/ on every host
      keep     = 5,                           -- the number of releases that a host keeps
    \(shared)
      stages = {
        stage.upload,                         -- every host gets the release before the first one changes
        stage.rollout { strategy = rolling { batch = "25%" } },
      },

    \(hooks)
    }

    """
  }

  private var revision: String {
    switch kind {
    case .site:
      let from = ["public", "dist", "_site"].first { Folder.exists("\(folder)/\($0)/index.html") }
      guard let from else { return bundle(note: "   -- <-- the folder to serve") }
      return "  revision = bundle { from = \"\(from)\" },   -- <-- the folder to serve"
    case .node:
      guard builds else { return bundle("test", "*.log") }
      return """
          revision = bundle {
            build  = "npm ci && npm run build",   -- <-- runs here, before the bundle is packed
            from   = ".",
            ignore = { \(ignored("test", "*.log")) },
          },
        """
    case .python: return bundle(".venv", "__pycache__", "*.pyc", "tests")
    case .ruby: return bundle("log", "tmp", "spec", "test")
    case .swift:
      return """
          revision = bundle {
            build = "swift build -c release --static-swift-stdlib && mkdir -p dist && cp .build/release/\(application) dist/",
            from  = "dist",                   -- <-- assumes that the product has this folder's name
          },
        """
    case .go:
      return """
          revision = bundle {
            build = "mkdir -p dist && CGO_ENABLED=0 go build -o dist/\(application) .",
            from  = "dist",
          },
        """
    case .other: return bundle("*.log")
    }
  }

  /// Whether a Node project has a script `build`.
  private var builds: Bool {
    (try? Folder.text(at: folder + "/package.json")).flatMap { $0 }?.contains("\"build\"") ?? false
  }

  private func bundle(_ names: String..., note: String = "") -> String {
    "  revision = bundle { from = \".\", ignore = { \(ignored(names)) } },\(note)"
  }

  private func ignored(_ names: String...) -> String { ignored(names) }

  /// Returns the patterns for files that are not packed, as a Lua list: secrets, files that hosts install themselves, and then files that
  /// git ignores.
  private func ignored(_ names: [String]) -> String {
    IgnoreList(of: folder, besides: names, built: kind == .node && builds).lua
  }

  /// The shared folders, which stay the same when the release changes. The deployment makes those that are missing.
  private var shared: String {
    switch kind {
    case .site: ""
    case .ruby:
      "  shared   = { \"log/\", \"tmp/\" },            -- stay when releases change\n"
    default:
      "  shared   = { \"log/\" },                    -- stays when releases change\n"
    }
  }

  private var hooks: String {
    let install: String? =
      switch kind {
      case .node: "npm ci --omit=dev"
      case .python: "python3 -m venv .venv && .venv/bin/pip install --quiet -r requirements.txt"
      case .ruby: "bundle install --quiet --deployment"
      default: nil
      }
    if kind == .site {
      return """
          on = {                                  -- per host; the web server serves /srv/\(application)/current
            -- AfterInstall    = function(host) host:service("reload", "nginx", { sudo = true }) end,
            -- ValidateService = function(host) host:wait_for { http = "http://localhost/", timeout = "30s" } end,
          },
        """
    }
    var lines = [
      "  on = {                                  -- per host, in the new release's folder; if a command fails, the host goes back"
    ]
    if let install {
      lines.append(
        "    AfterInstall     = function(host) host:run(\"\(install)\", { timeout = \"10m\" }) end,"
      )
    }
    lines += [
      "    -- <-- how your service is restarted, and how lander checks it:",
      "    -- ApplicationStop  = function(host) host:service(\"stop\", \"\(application)\", { sudo = true }) end,",
      "    -- ApplicationStart = function(host) host:service(\"start\", \"\(application)\", { sudo = true }) end,",
      "    -- ValidateService  = function(host) host:wait_for { http = \"http://localhost:8080/\", timeout = \"1m\" } end,",
      "  },",
    ]
    return lines.joined(separator: "\n")
  }
}
