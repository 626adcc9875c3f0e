import DeployModel
import Testing

@testable import DeployHosts

@Suite("What hosts say, by its bytes")
struct LineTests {
  @Test("a status file with carriage returns is read as one without")
  func status() {
    for end in ["\n", "\r\n"] {
      let job = JobEnd(status: "3 exit 1 kill\(end)12 root sleep 9\(end)")
      #expect(job.why == .exit(3) && job.ignoredTerm && job.held == .stdout && job.survivors == ["12 root sleep 9"], "\(job)")
    }
  }

  @Test("an answer's lines are cut at line feeds only, and keep every other byte")
  func lines() {
    let answer = Channel.Answer(status: 0, output: Array("release a\r\nlink \u{301}x\n\nb\u{2028}c\n".utf8), errors: [])
    #expect(answer.lines == ["release a\r", "link \u{301}x", "b\u{2028}c"])
  }

  @Test("a holder and a job are read field by field, whatever begins a field")
  func fields() {
    let lock = Hosts.holder(["holder\td1\tt1\t5\t7\t30\t\u{301}ann@desk\tdeploy\r\tp\tcaf\u{E9}\tall"])
    #expect(lock?.owner.isExactly("\u{301}ann@desk") == true && lock?.fence == 7 && lock?.purpose == "deploy\r" && lock?.group == "all")
    #expect(lock?.isForeign(to: "cafe\u{301}") == true && lock?.isForeign(to: "caf\u{E9}") == false)
    let job = Orphan("d1\t4\t2\t99\t\t\u{301}x a\tb")
    #expect(job?.running.command.isExactly("\u{301}x a b") == true && job?.running.fence == 2 && job?.user == "")
  }

  @Test("a refusal's last lines are told without carriage returns")
  func refusal() {
    let failure = Refusal.failure(status: 44, said: "it is not there\r\nfix: make it\r\n")
    #expect(failure.message == "it is not there" && failure.fix == "make it")
  }
}
