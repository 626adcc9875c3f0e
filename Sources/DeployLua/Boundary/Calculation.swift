import Crypto
import DeployModel

/// A question that this program answers by itself: nothing outside is asked, nothing is journalled, and equal questions have equal answers.
/// The step of the function that asks continues on its budget.
enum Calculation {
  /// The answer; nil if the question asks for something else.
  static func answer(to question: Question) -> WireWriter? {
    guard let op = question.fields.first(where: { $0.name == "op" })?.value.text else { return nil }
    guard let calculate = operation(named: op) else { return nil }
    do throws(Failure) {
      var ask = try Ask(question)
      let members = try calculate(&ask)
      try ask.end()
      var writer = WireWriter()
      writer.put(.record(of: members))
      return writer
    } catch { return Reply.refusal(error) }
  }

  private static func operation(named op: String) -> ((inout Ask) throws(Failure) -> [(String, Value)])? {
    switch op {
    case "sha256": sha256
    case "yaml_decode": decodeYAML
    case "yaml_encode": encodeYAML
    default: nil
    }
  }

  /// `text`, or its bytes as numbers in `bytes` if they are not UTF-8.
  private static func sha256(_ ask: inout Ask) throws(Failure) -> [(String, Value)] {
    let bytes = try ask.optional("bytes", "a list of bytes") { Ask.all($0) { $0.int.flatMap(UInt8.init(exactly:)) } }
    let digest =
      if let bytes { SHA256.hash(data: bytes) } else { SHA256.hash(data: Array(try ask.text("text").utf8)) }
    return [("hex", .text(Hex.text(digest)))]
  }

  private static func decodeYAML(_ ask: inout Ask) throws(Failure) -> [(String, Value)] {
    let text = try ask.text("text")
    do throws(YAMLFlaw) { return [("json", .text(try YAMLText.json(of: text)))] } catch {
      return [("flaw", .text(error.message)), ("line", .int(error.line))] + (error.fix.map { [("fix", .text($0))] } ?? [])
    }
  }

  /// `json`: as `json.encode` writes it.
  private static func encodeYAML(_ ask: inout Ask) throws(Failure) -> [(String, Value)] {
    let json = try ask.text("json")
    do throws(YAMLFlaw) { return [("text", .text(try YAMLText.yaml(of: json)))] } catch {
      return [("flaw", .text(error.message))]
    }
  }
}
