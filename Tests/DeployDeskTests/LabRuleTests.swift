import DeployCore
import DeployModel
import PlanDrafts
import Testing

@testable import DeployDesk

/// What a lab changes in operations, so that they stay in the folder of a throwaway host.
@Suite("The rules of a lab") struct LabRuleTests {
  @Test("the recipe's path gets the host's folder in front of it, and no other path does")
  func rebased() {
    func line(_ text: String) -> String { LabOperation.rebased(text, "/srv/app", below: "/tmp/lab/hosts/_w1") }
    #expect(line("ls /srv/app") == "ls /tmp/lab/hosts/_w1/srv/app")
    #expect(line("/srv/app/current/run --in='/srv/app'") == "/tmp/lab/hosts/_w1/srv/app/current/run --in='/tmp/lab/hosts/_w1/srv/app'")
    for text in ["ls /srv/application", "ls /srv/app-2", "ls /mnt/srv/app", "ls /tmp/lab/hosts/_w1/srv/app", "", "/srv/ap"] {
      #expect(line(text) == text)
    }
  }

  @Test("a host's folder has no name that leads out of the lab")
  func roots() {
    #expect(LabHosts.root(of: "web1.example.com", below: "/tmp/lab") == "/tmp/lab/hosts/_web1.example.com")
    #expect(LabHosts.root(of: "..", below: "/tmp/lab") == "/tmp/lab/hosts/_..")
    #expect(LabHosts.root(of: "../../x", below: "/tmp/lab") == "/tmp/lab/hosts/_.._2f.._2fx")
  }

  @Test("a lab refuses a folder whose path means something else in a command line or in PATH")
  func folders() {
    for path in ["/tmp", "/srv/build/tmp-lab_1", "/", "/var/folders/.x"] { #expect(LabHosts.doubt(of: path) == nil, "\(path)") }
    for path in ["/tmp/a b", "/tmp/$x", "/tmp/it's", "/tmp/a;b", "/tmp/a:b", "/tmp/a\nb", "/tmp/ä", "/tmp/*", "tmp", "/tmp/~", ""] {
      #expect(LabHosts.doubt(of: path)?.subject == "TMPDIR", "\(path)")
    }
  }

  @Test("only loopback addresses, the address of no interface and the machine's own names lead to this machine")
  func here() {
    func isHere(_ url: String) -> Bool { LabAddress(url).isThisMachine(named: "Build.example.com") }
    for url in [
      "http://localhost/", "http://127.0.0.1:80/x", "https://localhost:8443?x", "http://[::1]:1/", "http://127.9.0.1", "http://0.0.0.0:9/x",
      "http://LOCALHOST:9", "http://127.1:9/x", "http://u:p@localhost:9/x", "http://[::]:8080/", "http://localhost./", "http://0x7f.1/",
      "http://2130706433/", "http://0/", "http://[::ffff:127.0.0.1]/", "http://[0:0:0:0:0:0:0:1]/", "http://build/", "http://x.localhost",
      "http://build.example.com:80",
    ] { #expect(isHere(url), "\(url)") }
    for url in [
      "http://localhost.example.com/", "http://web1/", "http://10.0.0.1/", "http://127.0.0.1.example/", "http://localhost@web1/",
      "http://1/",
      "http://[1::]/", "http://[::1:1]/", "http://[fe80::1]/", "http://[::ffff:10.0.0.1]/", "http:///x",
      "http://example.com",
    ] { #expect(!isHere(url), "\(url)") }
  }

  /// A ground whose only link leads out of it.
  private struct Ground: LabGround {
    let folder = "/tmp/lab"
    func exists(_ path: String) -> Bool { path == "/tmp/lab/hosts/_w1/etc/made" }
    func real(_ path: String) -> String? { path.hasSuffix("/out") ? "/somewhere" : path.hasSuffix("/dead") ? nil : path }
    func makeParent(of path: String) {}
    func unpack(_ archive: String, adding file: String, text: String) -> String { folder }
    func run(_ line: String, on host: String, limit: Interval) -> LabAnswer { LabAnswer(status: 0, stdout: "", stderr: "") }
  }

  private func placed(_ operation: DeployModel.Operation) throws -> DeployModel.Operation {
    let scene = LabScene(Ground(), machine: "build")
    scene.begins(at: "/srv/app")
    let root = "/tmp/lab/hosts/_w1"
    let site = HostSite(
      host: Host(name: "w1", root: root), deployment: "d1", application: "app", group: "web", path: root + "/srv/app", fence: 1, token: "t")
    let intent = Intent(id: 1, place: .host(0), operation: operation, timeout: .seconds(1), site: Intent.Site(release: "r1"))
    return try LabOperation(scene, at: site).placed(intent)
  }

  @Test("variables, inputs and links that name the recipe's path lead into the host's folder")
  func surroundings() throws {
    let root = "/tmp/lab/hosts/_w1"
    var command = Command(.argv(["sh"]), environment: [Command.Variable("D", "/srv/app/x:/srv/application")], input: "cd /srv/app")
    command.environment.append(Command.Variable("S", Text(pieces: [.literal("/srv/app/"), .secret(name: "k")])))
    guard case .run(let done) = try placed(.run(command)) else { return }
    #expect(done.environment[0].value == Text("\(root)/srv/app/x:/srv/application") && done.input == Text("cd \(root)/srv/app"))
    #expect(done.environment[1].value == Text(pieces: [.literal(root + "/srv/app/"), .secret(name: "k")]))
    for (target, expected) in [
      ("/srv/app/current", root + "/srv/app/current"), ("/etc/made", root + "/etc/made"), ("/etc/own", "/etc/own"), ("../x", "../x"),
      ("/srv/application", "/srv/application"),
    ] {
      #expect(try placed(.link(target: target, path: "l")) == .link(target: expected, path: "l"))
    }
  }

  @Test("nothing is written behind a link that leads out of the host's folder or nowhere")
  func links() throws {
    for path in ["out/x", "dead/x", "/srv/app/out/x", "/etc/out/x"] {
      #expect(throws: Failure.self, "\(path)") { try placed(.write(path: path, content: "", mode: nil, owner: nil)) }
      #expect(throws: Failure.self, "\(path)") { try placed(.link(target: "a", path: path)) }
    }
    #expect(throws: Failure.self) { try placed(.upload(from: "a", to: "out")) }
    // A write and a link replace the link itself.
    #expect(try placed(.write(path: "out", content: "", mode: nil, owner: nil)) == .write(path: "out", content: "", mode: nil, owner: nil))
    #expect(try placed(.upload(from: "a", to: "in")) == .upload(from: "a", to: "in"))
  }

  @Test("every recipe that a lab does not run is named with its reason")
  func skipped() throws {
    var (web, bare) = (
      Recipe(name: "web", placement: Placement(path: "/srv/web")), Recipe(name: "bare", placement: Placement(path: "/srv/b"))
    )
    web.targets = .group("web")
    bare.targets = .unset
    let project = Project(recipes: [web, bare], groups: [DeploymentGroup(name: "web", hosts: [Host(name: "w1")])])
    func requests(_ name: String? = nil, _ group: String? = nil, filter: String? = nil) throws -> LabRequests {
      try LabRequests(of: project, recipe: name, group: group, parameters: [], filter: filter)
    }
    let all = try requests()
    #expect(all.wanted.map(\.recipe) == ["web"] && all.skipped == [SkippedTest("bare", "it has no targets; --group NAME chooses some")])
    #expect(try requests(nil, "web").wanted.map(\.recipe) == ["web", "bare"])
    let none = try requests(filter: "bare")
    #expect(none.wanted.isEmpty && none.nothing(hasRecipes: true).message.hasSuffix("\nrecipe \"bare\": \(none.skipped[0].reason)"))
    #expect(throws: Problems.self) { try requests("bare") }
  }

  @Test("every host becomes a folder of this machine, the first ones of each group only, and freezes and alarms are left out")
  func replaced() throws {
    var web = DeploymentGroup(name: "web", hosts: (1...5).map { Host(name: "web\($0)", address: "10.0.0.\($0)", port: 2222, user: "kim") })
    web.hosts.append(Host(name: "box", transport: "pod", argv: ["kubectl", "exec"]))
    var recipe = Recipe(name: "app", placement: Placement(path: "/srv/app"), user: "kim")
    recipe.targets = .hosts(DeploymentGroup(name: "", hosts: [Host(name: "one", transport: "local", root: "/home/kim/try")]))
    let hosts = LabHosts(below: "/tmp/lab", most: 2)
    let project = hosts.replacing(in: Project(recipes: [recipe], groups: [web]))
    #expect(project.groups[0].hosts.map(\.name) == ["web1", "web2"])
    guard case .hosts(let own) = project.recipes[0].targets else {
      Issue.record("the recipe lost its hosts")
      return
    }
    for host in project.groups[0].hosts + own.hosts {
      #expect(host.isThisMachine && host.user == nil && host.port == nil && host.root == "/tmp/lab/hosts/_\(host.name)")
    }
    #expect(project.recipes[0].user == nil && hosts.machines(of: Project(recipes: [recipe], groups: [web])) == ["web1", "web2", "one"])
  }
}
