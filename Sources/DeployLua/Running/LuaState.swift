import CLua
package import DeployModel

/// The limits of Lua code.
package struct LuaLimits: Sendable, Hashable {
  /// The largest number of bytes that one state can use.
  package var memory: Int
  /// The largest number of bytes in one string.
  package var text: Int
  /// The largest number of instructions in one step. A step lasts until the code waits. C functions also use up this number, according to
  /// the bytes and elements that they handle.
  package var instructions: Int64
  /// The number of additional instructions for clean-up after `instructions` are used up.
  package var cleanup: Int64
  /// The largest number of steps in one pattern match.
  package var matching: Int64
  /// The largest number of seconds of processor time for one step. This limit exists because a single instruction can take a long time.
  package var seconds: Int
  /// Records which lines run, or nil to record nothing.
  package var coverage: Coverage?

  package init(
    memory: Int = 64 << 20, text: Int = 8 << 20, instructions: Int64 = 50_000_000, cleanup: Int64 = 1_000_000, matching: Int64 = 20_000_000,
    seconds: Int = 10
  ) {
    self.memory = memory
    self.text = text
    self.seconds = seconds
    self.instructions = instructions
    self.cleanup = cleanup
    self.matching = matching
  }

  /// Returns the limits for a deployment with this number of hosts: 64 MiB, plus 4 KiB for each host.
  package static func hosts(_ count: Int) -> LuaLimits { LuaLimits(memory: 64 << 20 + count * 4096) }

  /// Returns these limits for code whose lines are counted.
  package func covered(by coverage: Coverage?) -> LuaLimits {
    var limits = self
    limits.coverage = coverage
    return limits
  }
}

/// One Lua state with a prelude. Two threads must not use it at the same time. Lua code in it never calls Swift.
package final class LuaState {
  /// The result of one step of a task.
  package enum Turn {
    case asked(Question)
    case returned(Value)
    case raised(Value)
  }

  /// A running function. It ends when its last reference is released.
  package final class Task {
    fileprivate let pointer: OpaquePointer
    private let state: LuaState
    fileprivate init(_ pointer: OpaquePointer, in state: LuaState) {
      self.pointer = pointer
      self.state = state
    }
    deinit { clua_end(pointer) }

    /// Runs the function until it asks for something outside, returns, or raises an error. `answer` is the answer to its last question.
    /// - Parameter refills: whether the function gets a new instruction budget. If false, it uses the rest of the last step's budget.
    package func step(_ answer: WireWriter, refills: Bool = true) -> Turn {
      var turn = resume(answer, refills: refills)
      while case .asked(let question) = turn, let answer = Calculation.answer(to: question) { turn = resume(answer, refills: false) }
      return turn
    }

    private func resume(_ answer: WireWriter, refills: Bool) -> Turn {
      let turn = answer.bytes.withUnsafeBufferPointer { clua_step(pointer, $0.baseAddress, $0.count, refills) }
      var count = 0
      let bytes = clua_reply(pointer, &count)
      let reply = UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count)
      switch turn {
      case CLUA_ASKED: return .asked(Question(reply))
      case CLUA_RETURNED: return .returned(WireReader.values(reply).first ?? .null)
      default: return .raised(WireReader.values(reply).first ?? .null)
      }
    }

    /// Makes the function unwind from its next step on. The answer that is passed to that step is the error that is raised.
    package func cancel() { clua_cancel(pointer) }
  }

  private let pointer: OpaquePointer
  private let coverage: Coverage?
  private let places: StatePlaces?
  /// Where the state is, or nil if its memory is its own.
  private var place: StatePlaces.Place?

  /// The form of the data between the state's prelude and the engine.
  let boundary: Boundary

  /// Opens a state that has read a prelude.
  /// - Throws: a failure that shows a bug in the prelude, or that there is not enough memory.
  package convenience init(prelude: PinnedPrelude, limits: LuaLimits) throws(Failure) {
    let place = prelude.places?.take()
    if let place, let places = prelude.places, place.isKept {
      try self.init(copied: place, of: places, prelude.boundary, limits)
    } else {
      try self.init(reading: prelude, limits, at: place, of: prelude.places)
      keep()
    }
  }

  /// Reads a prelude into a new state.
  /// - Parameters:
  ///   - place: a place without a state, or nil if the state's memory is to be its own.
  ///   - places: takes the place when the state is closed.
  init(
    reading prelude: PinnedPrelude, _ limits: LuaLimits, at place: StatePlaces.Place? = nil, of places: StatePlaces? = nil
  ) throws(Failure) {
    var bounds = clua_limits(limits)
    guard let opened = place.map({ clua_open_at($0.pointer, &bounds) }) ?? clua_open(&bounds) else {
      if let place { places?.give(place) }
      if let reason = clua_unusable() {
        throw Failure(.missing, String(cString: reason), fix: "install liblua5.4 as Lua's authors or a distribution publish it")
      }
      throw Failure(.internal, "there is no memory for a Lua state")
    }
    pointer = opened
    self.place = place
    self.places = places
    coverage = limits.coverage
    boundary = prelude.boundary
    try Self.read(prelude, into: pointer)
  }

  /// Opens a state that begins as a copy of the state that was kept in a place.
  init(copied place: StatePlaces.Place, of places: StatePlaces, _ boundary: Boundary, _ limits: LuaLimits) throws(Failure) {
    var bounds = clua_limits(limits)
    guard let copy = clua_again(place.pointer, &bounds) else {
      places.give(place)
      throw Failure(.internal, "there is no Lua state to copy")
    }
    pointer = copy
    self.place = place
    self.places = places
    coverage = limits.coverage
    self.boundary = boundary
  }

  /// Keeps the state in its place as it is now, so that further states can begin as its copies. Does nothing if the state has no place, or
  /// if it has lines of a log, which the copies would lack. No function of the state may be running.
  func keep() { if clua_keep(pointer) { place?.isKept = true } }

  private static func read(_ prelude: PinnedPrelude, into pointer: OpaquePointer) throws(Failure) {
    clua_seed(pointer, 0)
    switch prelude.boundary {
    case .named, .early:
      let events = Value.list(LifecycleEvent.allCases.map { .text($0.rawValue) })
      let segments = Value.list(Segment.allCases.map { .text($0.rawValue) })
      give("engine", .record(of: [("events", events), ("files", .record([])), ("segments", segments)]), to: pointer)
      for (path, bytes) in prelude.code {
        let good = bytes.withUnsafeBufferPointer { clua_chunk(pointer, path, $0.baseAddress, $0.count) }
        guard good else { throw Failure(.internal, "\(path): " + String(cString: clua_message(pointer))) }
      }
      for file in prelude.files where file.path == PinnedPrelude.main { try read(file, into: pointer) }
    case .positional:
      for file in [PositionalBoundary.vocabulary] + prelude.files { try read(file, into: pointer) }
    }
  }

  private static func give(_ name: String, _ value: Value, to pointer: OpaquePointer) {
    var writer = WireWriter()
    writer.put(value)
    _ = writer.bytes.withUnsafeBufferPointer { clua_give(pointer, name, $0.baseAddress, $0.count) }
  }

  /// Returns a source in Lua's compiled form, or an empty list if it does not compile. Only this process is allowed to load that form.
  static func compiled(_ file: SourceFile, named name: String) -> [UInt8] {
    var size = 0
    var text = file.text
    let dump = text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { clua_dump(name, $0.baseAddress, $0.count, &size) }
    }
    guard let dump else { return [] }
    defer { clua_free(dump) }
    return Array(UnsafeBufferPointer(start: dump, count: size))
  }

  private static func read(_ file: SourceFile, into pointer: OpaquePointer) throws(Failure) {
    let good = file.text.utf8.withContiguousStorageIfAvailable { text in
      text.withMemoryRebound(to: CChar.self) { clua_prelude(pointer, "=[lander] \(file.path)", $0.baseAddress, $0.count) }
    }
    guard good == true else { throw Failure(.internal, "\(file.path): " + String(cString: clua_message(pointer))) }
  }

  deinit {
    coverage?.take(pointer)
    clua_close(pointer)
    if let place { places?.give(place) }
  }

  /// Seeds `math.random`.
  package func seed(_ seed: UInt64) { clua_seed(pointer, seed) }

  /// Returns a number that the prelude stored under a name.
  package func number(_ name: String) -> Int { Int(clua_number(pointer, name)) }

  /// Makes a function ready to run. Returns nil if no function has that number, or if there is not enough memory.
  /// - Parameter whole: whether the members of a returned table are needed. If false, a table reads as true.
  func start(_ function: Int, _ start: Start, whole: Bool = false) -> Task? {
    self.start(function, boundary.arguments(start), whole: whole)
  }

  /// Makes a function ready to run with arguments that have been written.
  func start(_ function: Int, _ writer: WireWriter, whole: Bool = false) -> Task? {
    let task = writer.bytes.withUnsafeBufferPointer { clua_start(pointer, Int64(function), $0.baseAddress, $0.count, whole) }
    return task.map { Task($0, in: self) }
  }

  /// Releases a function. Its number is no longer valid afterwards.
  package func forget(_ function: Int) { clua_forget(pointer, Int64(function)) }

  /// Returns the notes since the last call: log lines, with their levels, and findings of a rehearsal.
  package func takeNotes() -> [(kind: String, value: Value)] {
    var count = 0
    guard let bytes = clua_log(pointer, &count), count > 0 else { return [] }
    let values = WireReader.values(UnsafeBufferPointer(start: bytes, count: count))
    return stride(from: 0, to: values.count - 1, by: 2).map { (values[$0].text ?? "", values[$0 + 1]) }
  }

  /// The number of bytes in use.
  package var memory: Int { clua_memory(pointer) }
  /// The number of registered functions.
  package var functions: Int { Int(clua_functions(pointer)) }
  /// Frees everything that is not in use.
  package func collect() { clua_collect(pointer) }
}

extension clua_limits {
  fileprivate init(_ limits: LuaLimits) {
    self.init(
      memory: limits.memory, text: limits.text, instructions: limits.instructions, cleanup: limits.cleanup, matching: limits.matching,
      seconds: Int32(clamping: limits.seconds), covers: limits.coverage != nil)
  }
}
