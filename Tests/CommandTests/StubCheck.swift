import Foundation
import Testing

/// Runs `Tests/EditorStub`, which compares Lua files with the stub for editors as a language server does.
struct StubCheck {
  static let tools =
    Tools.have("lua5.4") && FileManager.default.fileExists(atPath: "/usr/share/lua/5.1/luacheck/parser.lua")
  static let skipped: Comment = "SKIPPED: lua5.4 or the package lua-check is not here, so nothing shows that the stub for editors is right"

  let place: Workplace

  /// Writes the stub of this build into a new folder.
  init() throws {
    place = try Workplace()
    let run = try place.lander("init", "--editor")
    #expect(run.code == 0, "\(run.everything)")
  }

  /// Returns what is reported about files of the folder, as `FILE:LINE: what`.
  func reports(_ files: [String]) throws -> [String] {
    let names = files.map { "'\($0)'" }.joined(separator: " ")
    let run = try place.shell("exec lua5.4 '\(Workplace.checkout.path)/Tests/EditorStub/main.lua' .luals/lander.lua \(names)")
    #expect(run.code < 2, "\(run.err)")
    return run.out.split(separator: "\n").map(String.init)
  }

  /// Returns what is reported about a file with this text.
  func reports(text: String) throws -> [String] {
    try place.write(text, to: "file.lua")
    return try reports(["file.lua"])
  }
}

extension Workplace {
  /// Runs a line with `sh` in the folder.
  func shell(_ line: String) throws -> Run {
    let running = try start([], through: ["sh", "-c", line])
    let code = running.wait()
    return Run(out: running.said(running.out), err: running.said(running.err), code: code)
  }
}
