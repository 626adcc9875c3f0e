import Foundation
import Testing

@Suite("Speaking to a running deployment", .serialized)
struct MessageCommandTests {
  /// A recipe that deploys to two hosts, one after the other. The start on the first host waits for a file.
  private static let body = """
    strategy = rolling,
    on = { ApplicationStart = function(host)
      host:run "touch ../../started; [ $LANDER_HOST != h1 ] || while [ ! -e ../../go ]; do sleep 0.05; done"
    end },
    """

  private func begin(_ words: [String] = ["--output", "plain"]) throws -> (place: Workplace, running: Workplace.Running, id: String) {
    let place = try Workplace.project(hosts: 2, body: Self.body)
    let running = try place.start(["deploy"] + words)
    try place.wait(for: "hosts/h1/srv/app/started")
    let history = try place.lander("history", "--json").out
    let id = String(try #require(place.word(after: "\"deployment\":\"", in: history)).prefix { $0 != "\"" })
    return (place, running, id)
  }

  @Test("pause holds the next host, status and history say who, why and how to go ahead, and resume ends it")
  func pause() throws {
    let (place, running, id) = try begin()
    let pause = try place.lander("pause", id, "--comment", "looks slow")
    #expect(pause.code == 0 && pause.out.hasPrefix("\(id): Paused by "), "\(pause.err)\(pause.out)")
    try place.write("", to: "hosts/h1/srv/app/go")
    try wait(for: "h1  succeeded", in: running.err)
    usleep(1_500_000)
    #expect(!place.exists("hosts/h2/srv/app/started"), "\(running.everything)")
    let status = try place.lander("status").out
    #expect(
      status.contains("It is paused by ") && status.contains(": looks slow (since ")
        && status.contains("  → lander resume \(id) resumes it, lander cancel \(id) takes it back"), "\(status)")
    let history = try place.lander("history").out
    #expect(history.contains("paused") && history.contains("lander resume \(id)"), "\(history)")
    let json = try place.lander("history", "--json").out
    #expect(json.contains(#""comment":"looks slow""#), "\(json)")
    let again = try place.lander("pause")
    #expect(again.code == 3 && again.err.contains("\(id): it is paused already, by "), "\(again.err)")
    let resume = try place.lander("resume", id, "--comment", "fine")
    #expect(resume.code == 0 && resume.out.hasPrefix("\(id): Resumed by "), "\(resume.err)\(resume.out)")
    #expect(running.wait() == 0, "\(running.everything)")
    let said = running.said(running.err)
    #expect(said.contains("Paused by ") && said.contains("Resumed by ") && said.contains(": fine\n"), "\(said)")
    #expect(place.exists("hosts/h2/srv/app/started"))
  }

  @Test("cancel is taken as a message, says so, and waits; its reason is the deployment's")
  func cancel() throws {
    let (place, running, id) = try begin()
    let cancel = try place.lander("cancel", "--comment", "wrong version")
    #expect(cancel.code == 0 && cancel.err.contains("\(id): Cancelling ("), "\(cancel.err)\(cancel.out)")
    #expect(running.wait() == 15 && running.everything.contains(": wrong version): nothing new is started"), "\(running.everything)")
  }

  @Test("a cancel that comes too late ends what runs after the deployment, exits with 3 and says that the release stays")
  func late() throws {
    let body = "on_success = function() here:run \"touch ended; exec sleep 300\" end,"
    let place = try Workplace.project(hosts: 1, body: body)
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "ended")
    let cancel = try place.lander("cancel")
    #expect(cancel.code == 3 && cancel.err.contains("comes too late: every host has come to its end"), "\(cancel.err)\(cancel.out)")
    #expect(cancel.err.contains("Nothing was cancelled, because every host had already finished: the release stays."), "\(cancel.err)")
    #expect(running.wait() == 0, "\(running.everything)")
  }

  @Test("a cancel of an interrupted deployment whose hosts have all succeeded exits with 3 and says that the release stays")
  func lateAndLeft() throws {
    let body = "on_success = function() here:run \"touch ended; exec sleep 300\" end,"
    let place = try Workplace.project(hosts: 1, body: body)
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "ended")
    running.send(SIGKILL)
    _ = running.wait()
    let cancel = try place.lander("cancel")
    #expect(cancel.code == 3, "\(cancel.err)\(cancel.out)")
    #expect(cancel.err.contains("Nothing was cancelled, because every host had already finished: the release stays."), "\(cancel.err)")
  }

  @Test("Ctrl-C while it is paused cancels at once")
  func interrupted() throws {
    let (place, running, id) = try begin()
    #expect(try place.lander("pause", id).code == 0)
    try place.write("", to: "hosts/h1/srv/app/go")
    try wait(for: "h1  succeeded", in: running.err)
    running.send(SIGINT)
    #expect(running.wait() == 15, "\(running.everything)")
    #expect(try !place.lander("status").out.contains("Locked by"))
  }

  @Test("killed while it is paused: status says so, resume keeps the pause and says how to end it")
  func killed() throws {
    let (place, running, id) = try begin()
    #expect(try place.lander("pause", id, "--comment", "looks slow").code == 0)
    running.send(SIGKILL)
    _ = running.wait()
    let status = try place.lander("status").out
    #expect(status.contains("Interrupted: deployment \(id)") && status.contains("It is paused by "), "\(status)")
    for words in [["pause", id], ["approve", id], ["promote", id, "latency"], ["reject", id]] {
      let run = try place.run(words)
      #expect(run.code == 3 && run.err.contains("no engine runs deployment \(id)"), "\(run.err)")
      #expect(run.err.contains("lander resume \(id) resumes it"), "\(run.err)")
    }
    try place.write("", to: "hosts/h1/srv/app/go")
    let resumed = try place.start(["resume", "--output", "plain"])
    try wait(for: "It is still paused by ", in: resumed.err)
    try wait(for: "lander resume \(id) resumes it", in: resumed.err)
    let resume = try place.lander("resume", id)
    #expect(resume.code == 0 && resume.out.contains("Resumed by "), "\(resume.err)\(resume.out)")
    #expect(resumed.wait() == 0, "\(resumed.everything)")
    let late = try place.lander("pause", id)
    #expect(late.code == 3 && late.err.contains("the deployment has ended, so it cannot receive the pause: \(id) succeeded"), "\(late.err)")
  }

  @Test("what concerns a gate is refused while none is open, and a resume of what runs says that it is not paused")
  func gates() throws {
    let (place, running, id) = try begin(["--output", "ndjson"])
    let approve = try place.lander("approve", id, "latency", "--comment", "I looked")
    #expect(approve.code == 3 && approve.err.contains("there is no open gate \"latency\""), "\(approve.err)")
    let resume = try place.lander("resume", id)
    #expect(resume.code == 3 && resume.err.contains("it is not paused"), "\(resume.err)")
    let odd = try place.lander("pause", id, "--comment", "a\nb")
    #expect(odd.code == 2 && odd.err.contains("line end in its comment"), "\(odd.err)")
    try place.write("", to: "hosts/h1/srv/app/go")
    #expect(running.wait() == 0)
    let lines = running.said(running.out)
    #expect(lines.contains(#""type":"message""#) && lines.contains(#""kind":"approve","gate":"latency""#), "\(lines)")
    #expect(lines.contains(#""type":"answer""#) && lines.contains(#""accepted":false"#), "\(lines)")
  }

  @Test("a file that is no message is named, and the deployment runs on")
  func damaged() throws {
    let (place, running, id) = try begin()
    try place.write("{", to: ".lander/mail/\(id)/odd.json")
    try wait(for: "odd.json: it is no message that this version of lander knows", in: running.err)
    try place.write("", to: "hosts/h1/srv/app/go")
    #expect(running.wait() == 0, "\(running.everything)")
    #expect(!place.exists(".lander/mail/\(id)"))
  }
}
