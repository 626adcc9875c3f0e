import Crypto
import DeployModel

/// A question that this program can answer by itself. Nothing outside is asked, nothing is written to the journal, and the same question
/// always gets the same answer. The function that asks continues its step with the rest of the step's budget.
enum Calculation {
  /// Returns the answer, or nil if the question is not a calculation.
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

  /// Reads `text` or, if the text is not UTF-8, `bytes`, which has the text's bytes as numbers.
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

  /// Reads `json`, in the form in which `json.encode` writes it.
  private static func encodeYAML(_ ask: inout Ask) throws(Failure) -> [(String, Value)] {
    let json = try ask.text("json")
    do throws(YAMLFlaw) { return [("text", .text(try YAMLText.yaml(of: json)))] } catch {
      return [("flaw", .text(error.message))]
    }
  }
}
