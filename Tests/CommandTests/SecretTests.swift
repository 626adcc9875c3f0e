import Foundation
import Testing

@Suite("Secrets on the command line's side", .serialized)
struct SecretCommandTests {
  @Test("the value of a secret is in no argument of any process while its hook runs, and in nothing that is printed or kept here")
  func hidden() throws {
    let value = "s3cr3t-\(UUID().uuidString)"
    let place = try Workplace.project(
      hosts: 1,
      body: """
        on = { ApplicationStart = function(host)
          host:run("touch ../../hook; while test ! -e ../../go; do sleep 0.05; done; echo token $TOKEN",
            { env = { TOKEN = secret "MY_TOKEN" } })
        end },
        """)
    let running = try place.start(["deploy", "--output", "plain", "--verbose"], ["MY_TOKEN": value])
    try place.wait(for: "hosts/h1/srv/app/hook")
    var seen = 0
    for process in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(process) != nil {
      guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline"), !line.isEmpty else { continue }
      seen += 1
      #expect(!String(decoding: line, as: UTF8.self).contains(value), "process \(process)")
    }
    #expect(seen > 2)
    try place.write("", to: "hosts/h1/srv/app/go")
    #expect(running.wait() == 0, "\(running.everything)")
    #expect(running.everything.contains("h1 | token <secret MY_TOKEN>\n") && !running.everything.contains(value), "\(running.everything)")
    #expect(try place.lander("logs", "last").out.hasSuffix("  > token <secret MY_TOKEN>\n"))
    let files = try #require(FileManager.default.enumerator(atPath: place.path + "/.lander"))
    var read = 0
    for case let file as String in files {
      guard let bytes = FileManager.default.contents(atPath: "\(place.path)/.lander/\(file)") else { continue }
      read += 1
      #expect(bytes.range(of: Data(value.utf8)) == nil, "\(file)")
    }
    #expect(read > 3)
  }

  @Test("what a host prints for exec is shown without the secrets that the recipes name, and exec says whose value it does not know")
  func exec() throws {
    let place = try Workplace.project(
      hosts: 1, body: "on = { ApplicationStart = function(host) host:run(\"true\", { env = { TOKEN = secret \"MY_TOKEN\" } }) end },")
    try place.write("token = s3cr3t-of-the-shop\n", to: "app.env")
    let known = try place.lander("exec", "test", "--", "cat", place.path + "/app.env", environment: ["MY_TOKEN": "s3cr3t-of-the-shop"])
    #expect(known.code == 0 && known.out == "h1 | token = <secret MY_TOKEN>\n", "\(known.err)\(known.out)")
    #expect(known.err == "1 of 1 host succeeded\n")
    let unknown = try place.lander("exec", "test", "--", "echo done")
    #expect(unknown.out == "h1 | done\n")
    #expect(
      unknown.err == "MY_TOKEN: lander does not know these values here, so it cannot hide them in the output\n1 of 1 host succeeded\n",
      "\(unknown.err)")
  }

  @Test("colour is for terminals, and for those who ask for it")
  func colour() throws {
    let place = try Workplace.project(hosts: 1)
    #expect(try place.lander("deploy").code == 0)
    #expect(try !place.lander("status").out.contains("\u{1B}["))
    #expect(try place.lander("status", environment: ["FORCE_COLOR": "1"]).out.contains("\u{1B}["))
    #expect(try !place.lander("status", environment: ["FORCE_COLOR": "1", "NO_COLOR": "1"]).out.contains("\u{1B}["))
    #expect(try place.lander("status", environment: ["FORCE_COLOR": "1", "NO_COLOR": ""]).out.contains("\u{1B}["))
  }
}
