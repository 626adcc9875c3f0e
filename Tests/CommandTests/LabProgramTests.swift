import Foundation
import Testing

@testable import lander

/// Programs of a lab: they answer in place of sudo, systemctl, ssh and others.
@Suite("The stand-ins of a lab") struct LabProgramTests {
  private let place: Workplace

  init() throws {
    place = try Workplace(["hosts/_web1/home/.here": "", "elsewhere/.here": ""])
    for (name, text) in LabPrograms(folder: place.path).all { try place.write(text, to: "bin/\(name)", mode: 0o700) }
  }

  /// Runs a line on the host web1, and returns its exit code with its output and its errors.
  private func run(_ line: String, home: String = "hosts/_web1/home") throws -> (code: Int32, out: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", line]
    process.environment = ["PATH": "\(place.path)/bin:/usr/bin:/bin", "HOME": "\(place.path)/\(home)"]
    process.currentDirectoryURL = place.folder.appending(path: "elsewhere")
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  @Test(
    "sudo and doas run the command as this user, however their options are written",
    arguments: [
      ("sudo -u deploy echo a b", 0, "a b\n"), ("sudo -Hu deploy echo a", 0, "a\n"), ("sudo -nu deploy echo a", 0, "a\n"),
      ("sudo -nudeploy -- echo a", 0, "a\n"), ("sudo --user=deploy -E -p '' X=1 sh -c 'echo $X'", 0, "1\n"),
      ("sudo -s <<X\necho in; exit 7\nX\n", 7, "in\n"), ("sudo -i <<X\npwd | tail -c 5; exit 7\nX\n", 7, "home\n"),
      ("sudo -iu deploy echo '$HOME' 'a b'", 0, "$HOME a b\n"), ("sudo -v", 0, ""), ("doas -n -u deploy echo a", 0, "a\n"),
      ("sudo PATH=/usr/bin:/bin ssh -V", 255, "ssh: lander test --lab reaches no other machine\n"),
      ("sudo /usr/bin/systemctl is-active web", 3, "inactive\n"), ("sudo sh -c 'exit 5'", 5, ""),
    ])
  func become(line: String, code: Int32, out: String) throws {
    let end = try run(line)
    #expect(end.code == code && end.out == out, "\(line): \(end)")
  }

  @Test(
    "systemctl answers for active, inactive and disabled units as the real one does",
    arguments: [
      ("systemctl is-active x", 3, "inactive\n"), ("systemctl start x; systemctl is-active x.service", 0, "active\n"),
      ("systemctl start x; systemctl is-failed x", 1, "active\n"), ("systemctl start x; systemctl is-failed --quiet x", 1, ""),
      ("systemctl reload x; systemctl is-active x", 0, "active\n"),
      ("systemctl stop x; systemctl reload x", 1, "x.service is not active, cannot reload.\n"),
      ("systemctl start x; systemctl reload x", 0, ""),
      ("systemctl try-restart x; systemctl is-active x", 3, "inactive\n"),
      ("service x restart; service x status", 0, "x.service\n     Active: active\n"),
      ("systemctl enable --now x; systemctl is-active x", 0, "active\n"),
      ("systemctl disable --now x; systemctl is-enabled x", 1, "disabled\n"),
      ("systemctl start x; systemctl show -p ActiveState --value x", 0, "active\n"),
      ("systemctl show --property=ActiveState,SubState x", 0, "ActiveState=inactive\nSubState=dead\n"),
      ("systemctl start x; systemctl kill -s HUP x; systemctl is-active -q x", 0, ""), ("systemctl daemon-reload", 0, ""),
      ("initctl start x; systemctl stop x; systemctl is-active x y", 3, "inactive\ninactive\n"),
      ("systemctl start y; systemctl is-active x y", 0, "inactive\nactive\n"),
    ])
  func services(line: String, code: Int32, out: String) throws {
    let end = try run(line)
    #expect(end.code == code && end.out == out, "\(line): \(end)")
  }

  @Test(
    "a stand-in names what it does not know, and fails",
    arguments: [
      ("sudo -R /x true", "the option -R"), ("sudo --edit x", "the option --edit"), ("sudo -u", "-u without a value"),
      ("sudo -n", "a call without a command"), ("systemctl --root=/x start x", "the option --root=/x"),
      ("systemctl isolate x", "the action isolate"), ("systemctl show -p Weird x", "the property Weird"),
      ("systemctl stop 'x@*'", "patterns such as x@*"), ("systemctl start", "start without a unit"),
      ("loginctl poweroff", "the action poweroff"),
    ])
  func unknown(line: String, named: String) throws {
    let end = try run(line)
    #expect(end.code == 1 && end.out.hasSuffix("stands in for this program, and does not know \(named)\n"), "\(line): \(end)")
  }

  @Test("units are kept in the lab's folder, for each host and for the engine's machine, whatever HOME is and without an environment")
  func places() throws {
    #expect(try run("systemctl start x; env -i PATH=$PATH HOME=/ systemctl is-active x").code == 3)
    #expect(try run("systemctl start build", home: "elsewhere").code == 0)
    #expect(try run("env -i PATH=$PATH systemctl is-active build").code == 0)
    #expect(place.exists("hosts/_web1/units/x.service") && place.exists("here/units/build.service") && place.exists("calls"))
    #expect(!place.exists("units") && !FileManager.default.fileExists(atPath: "/units"))
    #expect(try run("reboot").code == 1)
    #expect(try run(LabPrograms(folder: place.path).question).code == 0)
    #expect(try run("PATH=/usr/bin:/bin; \(LabPrograms(folder: place.path).question)").code != 0)
  }
}
