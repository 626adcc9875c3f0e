import DeployModel
import Yams

/// Turns the text of an appspec file into nodes. It reads YAML in the same way as the agent: it reads only the first document, uses the
/// last value of a repeated key, and accepts no aliases and no dates.
struct SpecDocument {
  /// The largest number of bytes in a file, and the largest number of brackets. A file that a person writes has a few thousand bytes.
  static let limit = (bytes: 256 * 1024, brackets: 2000)

  /// The root node, or nil if the file has none.
  var root: SpecNode?
  /// The keys that occur again later in the same map.
  var repeated: [(key: String, line: Int)] = []

  /// - Throws: `SpecProblem` of category `yaml`, with the line.
  init(_ text: String) throws(SpecProblem) {
    guard text.utf8.count <= Self.limit.bytes, text.utf8.count(where: { $0 == 0x5b || $0 == 0x7b }) <= Self.limit.brackets else {
      throw SpecProblem(.yaml, "the file is larger than \(Self.limit.bytes) bytes or has over \(Self.limit.brackets) brackets")
    }
    var source = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
    // The parser refuses a repeated key. So in each round, the earlier of the two keys gets a name that nothing reads.
    for round in 0..<100 {
      do {
        let parser = try Parser(yaml: source, resolver: .basic)
        guard let node = try parser.nextRoot() else { return }
        var seen = Set<String>()
        root = try withExtendedLifetime(parser) { try Self.convert(node, &seen) }
        return
      } catch YamlError.duplicatedKeysInMapping(let names, let place) {
        guard let renamed = Self.rename(in: source, at: place.mark, to: "\(Self.shadow)\(round)-") else {
          throw SpecProblem(.yaml, "the key \(names.joined(separator: ", ")) is given twice", line: place.mark.line)
        }
        repeated.append((names.first ?? "", place.mark.line))
        source = renamed
      } catch let problem as SpecProblem {
        throw problem
      } catch {
        throw Self.problem(of: error)
      }
    }
    throw SpecProblem(.yaml, "the file gives more than 100 keys twice")
  }

  private static let shadow = "lander-shadowed-"

  private static func rename(in text: String, at mark: Mark, to prefix: String) -> String? {
    var lines = text.parts(at: "\n", keepingEmpty: true).map(String.init)
    guard lines.indices.contains(mark.line - 1) else { return nil }
    var line = Array(lines[mark.line - 1].unicodeScalars)
    var column = mark.column - 1
    guard line.indices.contains(column), !"!&?[{".unicodeScalars.contains(line[column]) else { return nil }
    if line[column] == "\"" || line[column] == "'" { column += 1 }
    line.insert(contentsOf: prefix.unicodeScalars, at: column)
    var whole = String.UnicodeScalarView()
    whole.append(contentsOf: line)
    lines[mark.line - 1] = String(whole)
    return lines.joined(separator: "\n")
  }

  private static func convert(_ node: Node, _ seen: inout Set<String>) throws -> SpecNode {
    let line = node.mark?.line ?? 1
    if node.anchor != nil {
      let place = "\(node.mapping != nil) \(node.sequence != nil) \(line) \(node.mark?.column ?? 0)"
      guard seen.insert(place).inserted else {
        throw SpecProblem(
          .yaml, "the file refers to the anchor of line \(line) by an alias (*), and aliases are not read", line: line,
          fix: "write the value out where the alias stands")
      }
    }
    switch node {
    case .scalar(let scalar):
      return try leaf(scalar, line)
    case .sequence(let list):
      return SpecNode(.list(try list.map { try convert($0, &seen) }), line: line)
    case .mapping(let map):
      var members: [SpecNode.Member] = []
      for (key, value) in map {
        let member = SpecNode.Member(key: try convert(key, &seen), value: try convert(value, &seen))
        if member.key.text?.hasPrefix(shadow) != true { members.append(member) }
      }
      return SpecNode(.map(members), line: line)
    case .alias:
      throw SpecProblem(.yaml, "aliases (*) are not read", line: line)
    }
  }

  private static func leaf(_ scalar: Node.Scalar, _ line: Int) throws -> SpecNode {
    let tag = scalar.tag.description
    let value: SpecScalar =
      if scalar.style != .plain && tag.isEmpty || tag == "tag:yaml.org,2002:str" || tag == "!str" {
        .text(scalar.string)
      } else {
        SpecScalar(plain: scalar.string)
      }
    if case .date(let date) = value {
      throw SpecProblem(.yaml, "\(date) is a date, and dates are not read", line: line, fix: "write it in quotes: \"\(date)\"")
    }
    return SpecNode(.scalar(value, plain: scalar.style == .plain), line: line, written: scalar.string)
  }

  private static func problem(of error: any Error) -> SpecProblem {
    switch error {
    case YamlError.scanner(let around, let problem, let mark, _), YamlError.parser(let around, let problem, let mark, _),
      YamlError.composer(let around, let problem, let mark, _):
      let context = around.map { "\($0.text) of line \($0.mark.line): " } ?? ""
      return SpecProblem(.yaml, "\(context)\(problem)", line: mark.line)
    case YamlError.reader(let problem, _, _, _):
      return SpecProblem(.yaml, problem)
    default:
      return SpecProblem(.yaml, "\(error)")
    }
  }
}
