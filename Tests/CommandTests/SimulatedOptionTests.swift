import Testing

@testable import lander

/// `rehearse` and `simulate` have only options that have an effect there.
@Suite("Options of simulated deployments", .serialized)
struct SimulatedOptionTests {
  /// Words that show the effect of an option: with the words `with`, the command prints something else than with the words `without`.
  private struct Effect {
    var with: [String]
    var without: [String] = []
  }

  /// A fleet on which an analysis of a rate finds what is worse, or does not.
  private static let rated = ["rated", "--hosts", "20", "--runs", "2", "--fault", "worse=+0.5pp"]
  private static let valued = ["valued", "--hosts", "20", "--runs", "2", "--fault", "worse=+50ms"]

  /// The effects of the options that both commands have.
  private static let common: [String: Effect] = [
    "project": Effect(with: ["--project", "nowhere"]), "json": Effect(with: ["--json"]), "group": Effect(with: ["--group", "large"]),
    "only": Effect(with: ["--only", "h1"]), "where": Effect(with: ["--where", "zone=a"]), "hosts": Effect(with: ["--hosts", "7"]),
    "param": Effect(with: ["--param", "broken=true"]), "params": Effect(with: ["--params", "params.json"]),
    "seed": Effect(with: ["--seed", "8"]), "result": Effect(with: ["--result", "result.json"]),
  ]
  private static let own: [String: [String: Effect]] = [
    "rehearse": [
      "faults": Effect(with: ["--faults", "failing=100%"]),
      "timeline": Effect(with: ["--hosts", "26", "--timeline"], without: ["--hosts", "26"]),
    ],
    "simulate": [
      "runs": Effect(with: ["--runs", "3"]), "fault": Effect(with: ["--fault", "bad-release"]),
      "compare": Effect(with: ["--compare", "all_at_once"]), "html": Effect(with: ["--html", "page.html"]),
      "host-time": Effect(with: ["--host-time", "5m"]),
      "requests": Effect(with: rated + ["--requests", "0.01"], without: rated),
      "failing": Effect(with: rated + ["--failing", "50%"], without: rated),
      "value": Effect(with: valued + ["--value", "100000"], without: valued),
    ],
  ]
  /// The folder of copies of plugins, which this project does not have.
  private static let unseen: Set = ["state"]

  private static func project() throws -> Workplace {
    let place = try Workplace(["app/version": "1\n", "params.json": "{ \"broken\": true }\n"])
    try place.write(
      """
      group "test" { hosts = { host "h1" { tags = { zone = "a" } }, host "h2" { tags = { zone = "b" } } } }
      group "large" { hosts = { "l1", "l2", "l3" } }
      local function measured(field, margin, first)
        local options = { first = first, watch = "30m", analyse = { margin = margin } }
        options[field] = function() fail "not called" end
        return canary(options)
      end
      recipe "app" {
        api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app",
        params = { broken = param.boolean { default = false } },
        on = { ApplicationStart = function(host) host:run "bin/start" end },
        stages = {
          stage.upload,
          stage "broken" { when = function(deployment) return deployment.params.broken end, run = function() fail "broken" end },
          stage.rollout,
        },
      }
      recipe "rated" {
        api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/rated",
        strategy = measured("rate", "+0.1pp", 4),
      }
      recipe "valued" {
        api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/valued",
        strategy = measured("value", "+10%", 8),
      }

      """, to: "deploy.lua")
    return place
  }

  @Test("each option of rehearse and simulate changes what the command prints or writes", arguments: ["rehearse", "simulate"])
  func effects(_ command: String) throws {
    let place = try Self.project()
    let effects = Self.common.merging(Self.own[command] ?? [:]) { $1 }
    let options = Set(OptionNames.names(of: Subcommand.named([command]))).subtracting(["help", "version"])
    #expect(options == Set(effects.keys).union(Self.unseen), "an option that is new or gone: say here which effect it has")
    let few = command == "simulate" ? ["--runs", "2"] : []
    var seen: [[String]: String] = [:]
    func shown(_ words: [String]) throws -> String {
      var words = words
      if !words.contains("--seed") { words += ["--seed", "7"] }
      if !words.contains("--runs") { words += few }
      if words.first?.hasPrefix("-") != false { words.insert("app", at: 0) }
      if let known = seen[words] { return known }
      let run = try place.run([command] + words)
      seen[words] = run.out + run.err
      return run.out + run.err
    }
    for (option, effect) in effects.sorted(by: { $0.key < $1.key }) where options.contains(option) {
      let (with, without) = (try shown(effect.with), try shown(effect.without))
      if option == "result" {
        #expect(try place.text("result.json").contains("\"command\":\"\(command)\""))
      } else {
        #expect(with != without, "\(command) --\(option) has no effect: \(with)")
      }
    }
  }

  @Test("options for deployments to real hosts are refused, with the command that has them", arguments: ["rehearse", "simulate"])
  func refused(_ command: String) throws {
    let place = try Self.project()
    for words in [["--message", "x"], ["--actor", "kim"], ["--label", "a=b"], ["--orphans", "kill"], ["--force"], ["--quiet"]] {
      let run = try place.run([command, "app"] + words)
      #expect(run.code == 2 && run.err.contains("lander deploy has it"), "\(words): \(run.everything)")
    }
  }
}
