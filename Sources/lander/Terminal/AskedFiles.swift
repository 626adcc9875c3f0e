import DeployModel
import DeployReport
import Foundation

/// Files about a deployment that somebody asked for, opened before it begins.
struct AskedFiles {
  private let junit: ResultFile?
  private let dotenv: ResultFile?

  /// - Throws: `Problems` if one of them cannot be written.
  init(_ options: ProgressOptions) throws(Problems) {
    func file(_ path: String?, _ option: String) throws(Problems) -> ResultFile? {
      guard let path else { return nil }
      return try ResultFile(at: Folder.absolute(path), option: option)
    }
    junit = try file(options.junit, "--junit")
    dotenv = try file(options.dotenv, "--dotenv")
  }

  /// - Parameter chronicles: of the deployment, and of the rollback that followed.
  /// - Throws: `Problems`, with a full disk for example; what happened stays as it is.
  func write(_ code: ExitCode, _ chronicles: [Chronicle]) throws(Problems) {
    guard let story = chronicles.first?.story else { return }
    try junit?.write(Data(JUnitReport(chronicles).text.utf8))
    try dotenv?.write(Data(Outputs(code, story, rollback: chronicles.dropFirst().first?.story).dotenv.utf8))
  }
}
