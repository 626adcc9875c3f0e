import DeployModel
import FoundationEssentials
import Glibc

/// A private temporary folder, for a command that keeps nothing.
struct PassingFolder: Sendable {
  let path: String

  /// - Throws: `Problem` if the folder cannot be made.
  init() throws(Problem) {
    let base = Folder.temporary
    var template = Array("\(base)/lander-passing-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      let reason = String(cString: strerror(errno))
      throw Problem("no temporary folder can be made in \(base): \(reason)", fix: "make room there, or set TMPDIR")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
