import DeployModel

/// The scripts that run: who started each, what it waits for, and what its end means.
struct ScriptTree: Sendable, Hashable {
  /// To whom a script's end matters.
  enum Owner: Sendable, Hashable {
    case hook(host: Int)
    case condition
    case stage
    case strategy
    case notice
    case child(of: ScriptID, slot: Int)
  }

  enum Waiting: Sendable, Hashable {
    /// Being stepped right now.
    case nothing
    case intent(Int)
    case timer(Int)
    indirect case children(Family)
    case wave
  }

  /// Functions that run at once for one script that waits for them all.
  struct Family: Sendable, Hashable {
    var bodies: [Body]
    var limit: Int
    var keepGoing: Bool
    var started = 0
    var running: [ScriptID] = []
    var results: [ScriptResult?]
    /// Of `within`.
    var deadline: Int?
    var overdue: Failure?
    var failed = false
    init(_ bodies: [Body], limit: Int, keepGoing: Bool) {
      self.bodies = bodies
      self.limit = max(1, limit)
      self.keepGoing = keepGoing
      results = bodies.map { _ in nil }
    }
  }

  struct Script: Sendable, Hashable {
    var owner: Owner
    var site: Intent.Site
    var host: Int?
    var waiting = Waiting.nothing
    /// It is to end: told at its next step, or told already.
    var cancelled: Failure?
    var told = false
    var grace: Int?
    var ended = false
  }

  /// By script number; number 0 is nobody's.
  private(set) var scripts: [Script] = [Script(owner: .condition, site: Intent.Site(), ended: true)]

  mutating func add(_ script: Script) -> ScriptID {
    scripts.append(script)
    return scripts.count - 1
  }

  subscript(_ id: ScriptID) -> Script {
    _read { yield scripts[id] }
    _modify { yield &scripts[id] }
  }

  /// Those that nobody else waits for, in the order of starting.
  var roots: [ScriptID] {
    scripts.indices.filter { id in
      if case .child = scripts[id].owner { return false }
      return !scripts[id].ended
    }
  }
}
