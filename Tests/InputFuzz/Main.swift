import Foundation

/// One kind of input. It makes an input from a seed, and reads the input with the code that the product uses. Reading may fail, but must
/// not end the program.
protocol InputKind: Sendable {
  /// Returns the input of a seed. Equal seeds give equal bytes.
  func input(_ seed: UInt64) throws -> [UInt8]
  func read(_ input: [UInt8], _ seed: UInt64) async throws
  /// How many inputs are read at once.
  var width: Int { get }
}

extension InputKind {
  var width: Int { 1 }
}

/// `InputFuzz KIND SEED COUNT` reads the inputs of `COUNT` seeds from `SEED` on, and prints each seed before it reads the input. If a
/// signal ends this process, one of the last printed seeds is the cause. `InputFuzz KIND SEED hex` prints an input.
@main
struct Main {
  static func main() async throws {
    let words = CommandLine.arguments
    guard words.count == 4, let kind = try kind(words[1]), let first = UInt64(words[2]) else {
      FileHandle.standardError.write(Data("usage: InputFuzz parameters|appspec|archives|journals|answers SEED COUNT|hex\n".utf8))
      exit(64)
    }
    if words[3] == "hex" {
      print(try kind.input(first).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
      Scratch.removeAll()
      return
    }
    let count = Int(words[3]) ?? 0
    for start in stride(from: 0, to: count, by: kind.width) {
      let seeds = (start..<min(start + kind.width, count)).map { first &+ UInt64($0) }
      for seed in seeds { say("\(seed)") }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for seed in seeds {
          let input = try kind.input(seed)
          group.addTask { try await kind.read(input, seed) }
        }
        try await group.waitForAll()
      }
    }
    say("done")
    Scratch.removeAll()
    exit(0)
  }

  /// Prints a line at once, because buffered output would be lost with the process.
  private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private static func kind(_ name: String) throws -> (any InputKind)? {
    switch name {
    case "parameters": ParameterInputs()
    case "appspec": AppSpecInputs()
    case "archives": try ArchiveInputs()
    case "journals": try JournalInputs()
    case "answers": try AnswerInputs()
    default: nil
    }
  }
}

/// Temporary folders of this process.
enum Scratch {
  static let root = FileManager.default.temporaryDirectory.appending(path: "lander-inputs-\(getpid())").path(percentEncoded: false)

  static func folder(_ name: String) throws -> String {
    let path = "\(root)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  static func removeAll() { try? FileManager.default.removeItem(atPath: root) }
}
