import Foundation
import Testing

/// A revision that cannot be packed is refused before Lander connects to a host.
@Suite("What bad revisions get")
struct BadRevisionTests {
  @Test("a build that fails, with what it said, and one that makes nothing")
  func failingBuild() throws {
    let place = try Workplace.project()
    let text = try place.text("deploy.lua")
    func build(_ command: String) throws {
      try place.write(text.replacing("{ from = \"app\" }", with: "{ from = \"dist\", build = \"\(command)\" }"), to: "deploy.lua")
    }
    try build("echo no compiler >&2; exit 3")
    try refused(
      place, ["deploy"],
      """
      Building: echo no compiler >&2; exit 3
        | no compiler
      deploy.lua:5: the build command `echo no compiler >&2; exit 3` ended with status 3:
          no compiler
        → run it in HERE and fix what it says

      """)
    try build("true")
    try refused(
      place, ["deploy"],
      """
      Building: true
      deploy.lua:5: the bundle's source "dist" is not there
        → the build command ran but did not make it: look where it writes

      """)
  }

  @Test("an empty bundle, and what no bundle can carry")
  func emptyBundle() throws {
    let place = try Workplace.project()
    for file in ["app/version", "app/index.html"] {
      try FileManager.default.removeItem(at: place.folder.appending(path: file))
    }
    try refused(
      place, ["deploy"],
      "deploy.lua:5: app: the bundle is empty: there is no file in it\n  → check whether the build wrote where `bundle` reads\n")
    mkfifo(place.path + "/app/pipe", 0o644)
    symlink("/etc/passwd", place.path + "/app/out")
    try refused(
      place, ["deploy"],
      """
      deploy.lua:5: pipe: is a named pipe, which a bundle cannot carry
        → leave it out: `ignore` in the recipe, or `.landerignore`
      deploy.lua:5: out: is an absolute link to /etc/passwd, which is not part of the bundle
        → make it relative, or name it in `shared` if it outlives releases

      2 problems; nothing was started.

      """)
  }

  @Test("a file that cannot be read")
  func unreadable() throws {
    let place = try Workplace.project()
    try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: place.path + "/app/version")
    let run = try place.unprivileged("deploy")
    expectText(
      place.relative(run.err),
      "deploy.lua:5: version: cannot open HERE/app/version: Permission denied\n  → chmod u+r 'HERE/app/version', or leave it out\n")
    #expect(run.code == 2 && !place.exists("hosts"))
  }
}
