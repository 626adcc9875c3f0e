package import DeployCore
package import DeployModel

/// The parts of an operation that consists of several commands.
extension Hosts {
  package func run(
    _ part: CommandPart, of intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void
  ) async -> CommandPartEnd {
    let asked = Intent(
      id: part.job(of: intent.id), place: intent.place, operation: .run(part.command), timeout: part.timeout, site: intent.site)
    let held = Guarded<OutputChunk.Stream?>(nil)
    let outcome = await fly(asked, at: site, output: output) { [self] errand in
      if part.kind == .question {
        return await errand.flight.race { await self.outcome { () async throws(Failure) in try await self.answer(part.command, errand) } }
      }
      return await self.outcome { () async throws(Failure) in
        var job = try await self.job(of: part.command, errand)
        job.awaitsOutput = part.kind == .script
        let end = try await self.follow(job, errand)
        held.with { $0 = end.heldOpen }
        return end.outcome
      }
    }
    return CommandPartEnd(outcome, heldOpen: held.with { $0 })
  }
}
