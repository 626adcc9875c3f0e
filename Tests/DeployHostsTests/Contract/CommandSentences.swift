import DeployCore
import DeployModel
import PlanDrafts

/// Sentences about commands, checks and jobs.
extension Sentence {
  static let commands = [
    Sentence("a command gets its input, and its streams, its status and the kind of its failure come back apart") { play in
      let heard = Heard()
      let answer = await play.perform(Act.speak.command(input: "given\n"), heard: heard)
      play.expect(answer.kind == .command && answer.status == 3 && answer.value == .null, "\(answer)")
      play.expect(answer.stdout == "given\nout\n" && answer.stderr == "oops\n" && answer.truncated == false, "\(answer)")
      play.expect(heard.stdout, "given\nout\n", "what was heard of stdout")
      play.expect(String(decoding: heard.bytes(.stderr), as: UTF8.self), "oops\n", "what was heard of stderr")
      play.expect(heard.isWhole, "what was heard has gaps")
    },
    Sentence("a command that ends with 0 has no failure; one that a signal ends has 128 and its number") { play in
      let good = await play.perform(Act.count.command())
      play.expect(good.kind == nil && good.status == 0 && good.stdout == "done\n" && good.stderr == "", "\(good)")
      let killed = await play.perform(Act.dieOfSignal.command())
      play.expect(killed.kind == .command && killed.status == 137, "\(killed)")
    },
    Sentence("merged streams are one, in their order") { play in
      let answer = await play.perform(Act.merge.command(merge: true))
      play.expect(answer.stdout == "a\nb\n" && answer.stderr == "", "\(answer)")
    },
    Sentence("after a timeout the whole tree is gone, and what it wrote is there") { play in
      let answer = await play.perform(Act.spread.command(), number: 7, timeout: .seconds(2))
      play.expect(answer.kind == .timeout && answer.status == nil, "\(answer)")
      play.expect(answer.stdout == "begun\n" && answer.stderr == "trouble\n", "\(answer)")
      play.expect(try await play.state().jobs.isEmpty, "it runs")
      let first = await play.text("beat")
      try await Task.sleep(for: .milliseconds(300))
      let second = await play.text("beat")
      play.expect(first != nil && second == first, "something of it goes on: \(first as Any), then \(second as Any)")
      play.expect(await play.perform(Act.spread.command(), number: 7).kind, .timeout, "asked again")
    },
    Sentence("a cancelled command is gone with its tree, says that it was cancelled, and what it wrote is there") { play in
      let running = try await play.begin(.spread, number: 7)
      await play.transport.cancel(7, at: play.site())
      let answer = await running.value
      play.expect(answer.kind == .cancelled && answer.status == nil && answer.stdout == "begun\n", "\(answer)")
      let first = await play.text("beat")
      try await Task.sleep(for: .milliseconds(300))
      let second = await play.text("beat")
      play.expect(second, first, "something of it goes on")
      play.expect(await play.perform(Act.spread.command(), number: 7).kind, .cancelled, "asked again")
    },
    Sentence("to cancel what has ended, or never was, changes nothing") { play in
      await play.done(Act.count.command())
      await play.transport.cancel(1, at: play.site())
      await play.transport.cancel(99, at: play.site())
      play.expect(await play.perform(Act.count.command(), number: 1).stdout, "done\n", "asked again")
    },
    Sentence("a command asked for twice runs once, and the second answer is the first with all of its output") { play in
      let first = await play.perform(Act.count.command(), number: 7)
      let heard = Heard()
      let second = await play.perform(Act.count.command(), number: 7, by: try play.another(), heard: heard)
      play.expect(second, first, "the second answer")
      play.expect(heard.stdout == "done\n" && heard.isWhole, "heard \(heard.stdout)")
      play.expect(await play.text("ran"), "x\n", "what ran")
      play.expect(await play.perform(Act.count.command(), number: 7, at: play.site("d2")).kind == nil, "another deployment's")
      play.expect(await play.text("ran"), "x\nx\n", "what ran for two deployments")
    },
    Sentence("an engine that attaches to a running command hears it from its beginning") { play in
      let old = try play.another()
      let left = try await play.begin(.stay, number: 7, by: old)
      await old.close()
      play.expect(await left.value.kind, .cancelled, "the engine whose transport was closed")
      let running = try await play.begin(.stay, number: 7)
      await play.transport.cancel(7, at: play.site())
      let answer = await running.value
      play.expect(answer.kind == .cancelled && answer.stdout == "begun\n", "\(answer)")
    },
    Sentence("a command whose runner is gone is lost, and is never run again by guess") { play in
      let running = try await play.begin(.countSlowly, number: 7)
      play.ground.happen(.runnerDies("d1", 7))
      let answer = await running.value
      play.expect(answer.kind == .lost && answer.status == nil, "\(answer)")
      play.expect(await play.perform(Act.countSlowly.command(), number: 7, by: try play.another()).kind, .lost, "asked again")
      play.expect(await play.text("ran"), "x\n", "what ran")
    },
    Sentence("a command that may be repeated runs again when it was lost, and its second end is the answer") { play in
      let running = try await play.begin(.countSlowly, number: 7, onLost: .repeat)
      play.ground.happen(.runnerDies("d1", 7))
      let answer = await running.value
      play.expect(answer.kind == nil && answer.status == 0 && answer.stdout == "begun\n", "\(answer)")
      play.expect(await play.text("ran"), "x\nx\n", "what ran")
    },
    Sentence("an outcome carries a limit of each stream, and says how much there was") { play in
      let heard = Heard()
      let answer = await play.perform(Act.speakLong.command(), heard: heard)
      play.expect(answer.kind == nil && answer.bytes == 400_000 && answer.truncated == true, "\(answer)")
      play.expect((answer.stdout ?? "").utf8.count <= Captured.limit, "\((answer.stdout ?? "").utf8.count) bytes are carried")
      play.expect(answer.stdout?.hasPrefix("aaaa") == true && answer.stdout?.hasSuffix("aaaa") == true, "beginning and end are not there")
      play.expect(heard.bytes(.stdout).count, 400_000, "bytes that were heard")
    },
    Sentence("a host keeps a limit of each stream, marks the end of it, and the command goes on") { play in
      let answer = await play.perform(Act.speakTooLong.command())
      play.expect(answer.kind == nil && answer.status == 0 && answer.stderr == "end\n", "\(answer)")
      play.expect((Act.limit...Act.limit + 200).contains(answer.bytes ?? 0), "\(answer.bytes ?? 0) bytes were kept")
      play.expect(answer.stdout?.contains("after \(Act.limit) bytes was not kept]") == true, "the end is not marked: \(answer)")
    },
    Sentence("a check that says no is unhealthy with the answer false, one that says yes is true") { play in
      let yes = await play.perform(.check(.command(Act.count.line)))
      play.expect(yes.kind == nil && yes.value == .bool(true) && yes.status == 0, "\(yes)")
      let no = await play.perform(.check(.command(Act.no.line)))
      play.expect(no.kind == .unhealthy && no.value == .bool(false) && no.status == 1 && no.stderr == "not yet\n", "\(no)")
      let asleep = await play.perform(.check(.command(Act.stay.line)), timeout: .seconds(1))
      play.expect(asleep.kind == .timeout && asleep.value == .null, "\(asleep)")
    },
    Sentence("a transport that was closed asks nothing of its host any more") { play in
      let engine = try play.another()
      await play.done(Act.count.command(), by: engine)
      await engine.close()
      await play.refused(.cancelled, Act.count.command(), by: engine)
      let survey = await engine.survey(play.ground.host, at: play.path, application: "shop", group: "all", shared: [])
      if case .unreachable(let failure) = survey {
        play.expect(failure.kind, .cancelled, "a survey")
      } else {
        play.expect(false, "\(survey)")
      }
      play.expect(await play.text("ran"), "x\n", "what ran")
    },
  ]
}
