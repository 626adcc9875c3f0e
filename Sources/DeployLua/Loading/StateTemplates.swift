import DeployModel
import Synchronization

/// What was read from pinned sources, for further states that read the same.
final class StateTemplate: Sendable {
  struct Known {
    /// The description in the prelude's form.
    var described: Value
    var files: [SourceFile]
    var boundary: Boundary
  }

  /// The places in which states that have read the sources are kept.
  let places = StatePlaces()
  private let kept = Mutex<Known?>(nil)

  /// The result of reading the sources, or nil if no state in a place has read them yet.
  var known: Known? {
    get { kept.withLock { $0 } }
    set { kept.withLock { $0 = newValue } }
  }
}

/// The templates of this process, by what was read. The oldest ones are forgotten.
final class StateTemplates: Sendable {
  /// Everything on which the state and the description depend.
  struct Key: Equatable {
    var sources: [SourceFile]
    var main: SourceFile
    var spec: SourceFile?
    var only: [String]?
    /// Whether the prelude has the words of a prompt.
    var isPrompt: Bool
    var limits: LuaLimits

    static func == (one: Key, other: Key) -> Bool {
      one.isPrompt == other.isPrompt && one.limits == other.limits && one.only == other.only && same([one.main], [other.main])
        && same(one.spec.map { [$0] } ?? [], other.spec.map { [$0] } ?? []) && same(one.sources, other.sources)
    }

    private static func same(_ some: [SourceFile], _ others: [SourceFile]) -> Bool {
      some.elementsEqual(others) { $0.path.isExactly($1.path) && $0.text.isExactly($1.text) }
    }
  }

  static let all = StateTemplates()
  /// The number of templates that are remembered.
  private static let most = 8
  private let latest = Mutex<[(key: Key, template: StateTemplate)]>([])

  /// Returns the template of these sources, which is new if they were not read lately.
  subscript(key: Key) -> StateTemplate {
    latest.withLock { latest in
      if let index = latest.firstIndex(where: { $0.key == key }) {
        let found = latest.remove(at: index)
        latest.append(found)
        return found.template
      }
      if latest.count == Self.most { latest.removeFirst() }
      let new = StateTemplate()
      latest.append((key, new))
      return new
    }
  }
}
