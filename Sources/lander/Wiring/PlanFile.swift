import DeployDesk
import DeployModel
import Foundation

/// Reads and writes the file of a kept plan: `lander plan --out`, `lander deploy --plan`.
enum PlanFile {
  /// The largest size of the file in bytes. It is several times the size of a plan for ten thousand hosts.
  private static let most = 256 << 20

  /// Returns the record as JSON, in a form that people can read too.
  static func data(of record: PlanRecord) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(record) + Data("\n".utf8)
  }

  /// - Throws: `Problems` if there is no such file, or if it does not contain a plan that this version of Lander can carry out.
  static func read(_ path: String) throws(Problems) -> PlanRecord {
    func refuse(_ words: String, _ fix: String = "lander plan --out FILE writes one") -> Problems {
      Problems(Problem("\(path) \(words)", subject: "--plan", fix: fix))
    }
    let text: String?
    do throws(Problem) { text = try InputFile(option: "--plan", path: path, most: most).text() } catch {
      throw Problems(Problem(error.message, subject: "--plan", fix: error.fix))
    }
    guard let text else { throw refuse("is not there") }
    let data = Data(text.utf8)
    guard let head = try? JSONDecoder().decode(Head.self, from: data), head.type == "plan" else { throw refuse("is not a plan of lander") }
    guard head.v == PlanRecord.version else {
      throw refuse("is a plan of version \(head.v), but this lander only knows version \(PlanRecord.version)", "make it with this lander")
    }
    do { return try JSONDecoder().decode(PlanRecord.self, from: data) } catch {
      throw refuse("is not a complete plan: \(Self.words(error))")
    }
  }

  private struct Head: Decodable {
    var v: Int
    var type: String
  }

  /// Returns which member of the JSON is wrong.
  private static func words(_ error: any Error) -> String {
    let path: [any CodingKey]
    switch error {
    case DecodingError.keyNotFound(let key, let context): path = context.codingPath + [key]
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context), DecodingError.dataCorrupted(let context):
      path = context.codingPath
    default: return "it cannot be read"
    }
    return "look at \"\(path.map(\.stringValue).joined(separator: "."))\""
  }
}
