import DeployModel
import Testing

@testable import DeployDesk

/// What a lab changes in operations, so that they stay in the folder of a throw-away host.
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

  @Test("only loopback addresses lead to this machine")
  func here() {
    for url in ["http://localhost/", "http://127.0.0.1:80/x", "https://localhost:8443?x", "http://[::1]:1/", "http://127.9.0.1"] {
      #expect(LabScene.isThisMachine(url), "\(url)")
    }
    for url in ["http://localhost.example.com/", "http://web1/", "http://10.0.0.1/", "http://127.0.0.1.example/", "http://localhost@web1/"]
    {
      #expect(!LabScene.isThisMachine(url), "\(url)")
    }
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
