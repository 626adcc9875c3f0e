import CLua
package import DeployModel
import Synchronization

/// Counts how many times each line of recipes ran. Tests pass one object to all states that they start.
package final class Coverage: Sendable, Hashable {
  /// The counts of each source's lines, by the source's path.
  private let hits = Mutex<[ExactText: [Int: Int]]>([:])

  package init() {}

  package static func == (one: Coverage, other: Coverage) -> Bool { one === other }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  /// Adds the counts of a state.
  func take(_ state: OpaquePointer) {
    var index = 0
    var (lines, count): (UnsafePointer<UInt32>?, Int) = (nil, 0)
    while let path = clua_covered_source(state, index, &lines, &count) {
      let found = UnsafeBufferPointer(start: lines, count: lines == nil ? 0 : count)
      let path = ExactText(String(cString: path))
      hits.withLock { all in
        for (line, times) in found.enumerated() where times > 0 { all[path, default: [:]][line, default: 0] += Int(times) }
      }
      index += 1
    }
  }

  /// Returns the counts of a file, with the lines that never ran.
  package func covered(_ file: SourceFile) -> CoveredFile {
    let code = LuaState.compiled(file, named: "@" + file.path)
    let executable = code.withUnsafeBufferPointer { bytes in
      var reader = CompiledReader(bytes)
      return reader.executableLines() ?? []
    }
    let ran = hits.withLock { $0[ExactText(file.path)] ?? [:] }
    return CoveredFile(path: file.path, lines: executable.map { CoveredFile.Line(number: $0, hits: ran[$0] ?? 0) })
  }
}
