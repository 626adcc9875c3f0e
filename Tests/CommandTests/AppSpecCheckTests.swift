import Foundation
import Testing

@Suite("lander appspec check", .serialized)
struct AppSpecCheckCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write("#!/bin/sh\r\n", to: "bundle/stop.sh")
    try place.write(
      """
      version: 0.0
      os: linux
      files: [{source: app, destination: /srv/app}]
      hooks:
        AfterInstall: [{location: stop.sh, timeout: 60}, {location: gone.sh}]
      """, to: "bundle/appspec.yml")
    try place.write("1\n", to: "bundle/app/version")
  }

  private func shell(_ line: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = place.folder
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private static let findings = """
    stop.sh:1: error: the first line of stop.sh ends in a carriage return, so its interpreter is not found [script-failed]
        better: sed -i 's/\\r$//' stop.sh, and *.sh text eol=lf in .gitattributes
    appspec.yml:5: warning: stop.sh is not executable; it is made so on the host [not-executable]
        better: chmod +x stop.sh, and git update-index --chmod=+x
    appspec.yml:5: warning: gone.sh has no timeout: it may hang for an hour before AfterInstall fails [no-timeout]
        better: timeout: 300
    appspec.yml:5: error: the bundle has no script gone.sh [script-missing]
    2 errors, 2 warnings in
    """

  @Test(
    "a folder, an archive, and one with a single folder at its top are told the same, each with the line and the better way",
    arguments: [
      ("bundle", ":"), ("b.tgz", "tar -C bundle -czf b.tgz ."), ("b.tar", "tar -C bundle -cf b.tar ."),
      ("top.tgz", "tar -czf top.tgz bundle"),
    ])
  func forms(bundle: String, made: String) throws {
    try shell(made)
    let run = try place.run(["appspec", "check", bundle])
    expectText(run.out, "\(Self.findings) \(bundle)/appspec.yml\n")
    #expect(run.err.isEmpty && run.code == 2)
    let json = try place.run(["appspec", "check", "--json", bundle])
    #expect(json.out.contains("\"errors\":2") && json.out.contains("\"rule\":\"script-missing\"") && json.code == 2)
  }

  @Test("what is no bundle is refused with what would be one")
  func refused() throws {
    try shell("tar -czf none.tgz bundle/app/version; echo text >text; mkdir empty")
    for (bundle, expected) in [
      (
        "none.tgz",
        "bundle: the bundle has no appspec.yml or appspec.yaml\n  → put it at the top of the bundle, or name it: appspec { file = … }\n"
      ),
      (
        "text",
        "HERE/text: the file is neither tar, tar.gz nor zip\n  → give a folder, or make the archive with: tar -C FOLDER -czf app.tar.gz .\n"
      ),
      ("empty", "empty has no appspec.yml or appspec.yaml; name another file with --appspec-filename"),
      ("gone", "there is no folder or file gone"),
    ] {
      let run = try place.run(["appspec", "check", bundle])
      #expect(place.relative(run.err).contains(expected), "\(run.err)")
      #expect(run.out.isEmpty && run.code == 2)
    }
  }

  @Test(
    "an appspec file that is a folder, a pipe, or a link out of the bundle is refused by name, and nothing of what it leads to is shown")
  func strangeFiles() throws {
    for (made, expected) in [
      ("mkdir odd/appspec.yml", "appspec.yml: it is not a regular file\n"),
      ("mkfifo odd/appspec.yml", "appspec.yml: it is not a regular file\n"),
      ("echo hidden >HERE/out; ln -s HERE/out odd/appspec.yml", "appspec.yml: it is a link that leads out of the bundle, to HERE/out\n"),
    ] {
      try shell("rm -rf odd; mkdir odd; " + made.replacing("HERE", with: place.path))
      let run = try place.run(["appspec", "check", "odd"])
      #expect(place.relative(run.err).hasPrefix(expected) && run.out.isEmpty && run.code == 2, "\(made): \(run.err)")
      let deployed = try place.run(["appspec", "run", "--bundle", "odd"])
      #expect(place.relative(deployed.err).hasPrefix(expected) && deployed.code == 2, "\(made): \(deployed.err)\(deployed.out)")
    }
  }

  @Test("one run at a time works in a root folder; a second one is refused and changes nothing")
  func alone() throws {
    try place.write(
      """
      version: 0.0
      os: linux
      files: [{source: version, destination: \(place.path)/to}]
      hooks: {AfterInstall: [{location: slow.sh}]}
      """, to: "slow/appspec.yml")
    try place.write("1\n", to: "slow/version")
    try place.write("#!/bin/sh\ntouch '\(place.path)/begun'\nwhile [ ! -e '\(place.path)/go' ]; do sleep 0.1; done\n", to: "slow/slow.sh")
    try shell("chmod +x slow/slow.sh; cp -r slow other; echo 2 >other/version")
    let running = try place.start(["appspec", "run", "--bundle", "slow"], [:])
    try place.wait(for: "begun")
    let second = try place.run(["appspec", "run", "--bundle", "other", "--file-exists-behavior", "OVERWRITE"])
    #expect(second.code == 4 && second.err.contains("another lander appspec run deploys in "), "\(second.err)")
    #expect(try place.text("to/version") == "1\n")
    try place.write("", to: "go")
    #expect(running.wait() == 0, "\(running.everything)")
    #expect(try place.run(["appspec", "run", "--bundle", "other", "--file-exists-behavior", "OVERWRITE"]).code == 0)
    #expect(try place.text("to/version") == "2\n")
  }

  @Test("a result that could not be written is refused before anything is installed")
  func result() throws {
    try place.write("version: 0.0\nos: linux\nfiles: [{source: version, destination: \(place.path)/to}]\n", to: "good/appspec.yml")
    try place.write("1\n", to: "good/version")
    let run = try place.run(["appspec", "run", "--bundle", "good", "--result", "nowhere/r.json"])
    #expect(
      place.relative(run.err)
        == "--result: HERE/nowhere/r.json cannot be written: No such file or directory\n  → name a file in a folder that is there\n")
    #expect(run.code == 2 && !place.exists("to"))
    #expect(try place.run(["appspec", "run", "--bundle", "good", "--result", "r.json"]).code == 0)
    #expect(try place.text("r.json").hasPrefix("{") && place.exists("to/version"))
  }
}
