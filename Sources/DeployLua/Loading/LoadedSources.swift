import DeployModel
import Synchronization

/// Pinned sources that were read in a state: what they describe, and the state, in which their functions can be started.
struct LoadedSources {
  let state: LuaState
  /// The description in the prelude's form.
  let described: Value
  /// The files that were read, for messages about the description.
  let files: [SourceFile]

  /// Reads pinned sources. Tests and simulations read the same ones thousands of times. So a state may begin as a copy of one that has read
  /// them: reading is deterministic, and nobody can tell the difference.
  /// - Parameters:
  ///   - spec: a file of tests among the sources, or nil if there is none.
  ///   - only: the recipes to describe, or nil for all.
  ///   - chosen: the number of the test that the state is for, counted from 1. A state that further states begin as copies of prepares all
  ///     tests; any other state prepares only this one, because a file can have a thousand.
  ///   - prelude: the prelude to use, or nil for the prelude of the sources.
  /// - Throws: an error that says what is wrong with the sources.
  init(
    _ sources: [SourceFile], main: SourceFile, spec: SourceFile?, only: [String]? = nil, chosen: Int? = nil, prelude: PinnedPrelude? = nil,
    limits: LuaLimits
  ) throws(Problems) {
    let key = StateTemplates.Key(sources: sources, main: main, spec: spec, only: only, isPrompt: prelude != nil, limits: limits)
    // What is counted while sources are read would be missing in a copy.
    let template = limits.coverage == nil ? StateTemplates.all[key] : nil
    if let template, let place = template.places.take() {
      do {
        if let known = template.known, place.isKept {
          state = try LuaState(copied: place, of: template.places, known.boundary, limits)
          (described, files) = (known.described, known.files)
          return
        }
        let state = try LuaState(reading: prelude ?? PinnedPrelude(in: sources), limits, at: place, of: template.places)
        var loader = try SourceLoader(pinned: sources, state: state)
        described = try loader.load(main, spec: spec, checks: false, only: only)
        files = loader.files
        self.state = state
        template.known = StateTemplate.Known(described: described, files: files, boundary: state.boundary)
        state.keep()
        return
      } catch {
        // A place has less room than a state of its own can have, so the sources are read once more without one.
      }
    }
    var loader = try SourceLoader(pinned: sources, prelude: prelude, limits: limits)
    do { described = try loader.load(main, spec: spec, chosen: chosen, checks: false, only: only) } catch { throw Problems(error) }
    state = loader.state
    files = loader.files
  }
}
