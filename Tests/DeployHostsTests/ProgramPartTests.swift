import DeployModel
import Testing

@testable import DeployHosts

/// A channel gets the functions of the host's program that its requests need.
@Suite("Parts of the host's program")
struct ProgramPartTests {
  private let program = HostProgram()

  /// The functions that a text defines, and the words at the beginnings of its commands.
  private func read(_ text: [UInt8]) -> (defined: Set<String>, called: Set<String>) {
    var (defined, called): (Set<String>, Set<String>) = ([], [])
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      if let name = line.prefixMatch(of: #/(l_\w+)\(\) /#)?.1 { defined.insert(String(name)) }
      for found in line.matches(of: #/(?:^|[;&|({]|then|do|else|!|\]) *(l_[a-z_]+)(?= |;|$|\))/#) { called.insert(String(found.1)) }
    }
    return (defined, called)
  }

  @Test("what is sent for a function defines every function that is called in it, unless the engine names it apart")
  func complete() {
    let all = read(program.whole).defined
    #expect(all.count > 150)
    let apart: Set = ["l_as_user", "l_keep", "l_latest", "l_numbered", "l_saw"]
    var calls = 0
    for name in all {
      let (defined, called) = read(program.functions.text(of: program.needs(of: [name]).known))
      #expect(defined.contains(name))
      let lacking = called.intersection(all).subtracting(defined).subtracting(apart)
      #expect(lacking.isEmpty, "\(name) comes without \(lacking.sorted())")
      calls += called.intersection(all).count
    }
    #expect(calls > 500, "calls are found")
    // A function that was taken for lines would be carried out when a channel begins.
    let lines = String(decoding: program.functions.text(of: program.functions.lines), as: UTF8.self)
    #expect(lines.firstMatch(of: #/^ *(l_\w+\(\)|exit|return|cd|local) /#.anchorsMatchLineEndings()) == nil, "\(lines)")
  }

  @Test("a channel for commands gets at most 8.8 kB, and one for a deployment at most 16.5 kB")
  func sizes() {
    let sizes = ["l_job", "l_survey"].map { name in
      program.beginning(program.opening(program.needs(of: [name])), nonce: "n", compressed: true).text.count
    }
    print("the host program: \(sizes[0]) bytes for commands, \(sizes[1]) for a deployment")
    #expect((1000...8830).contains(sizes[0]) && (1000...16_480).contains(sizes[1]), "\(sizes)")
  }

  @Test("a channel is told nothing twice, and gets a new keeper only for functions that the old one lacks")
  func lessons() {
    let begun = program.opening(program.needs(of: ["l_survey"]))
    var lessons = HostProgram.Lessons(known: begun.known, own: begun.own)
    func preface(_ function: String, inside: [String] = []) -> String {
      String(decoding: program.preface(&lessons, for: function, needs: program.needs(of: [function], inside: inside)), as: UTF8.self)
    }
    #expect(preface("l_lock").isEmpty)
    #expect(preface("l_job", inside: ["l_stage"]) == "l_attend\n")
    #expect(preface("l_job").isEmpty)
    #expect(preface("l_exists").contains("l_exists() "))
    #expect(preface("l_exists").isEmpty)
    let http = preface("l_job", inside: ["l_http"])
    #expect(http.contains("l_http() ") && http.contains("l_stage() ") && http.hasSuffix("l_attend\n"))
    #expect(preface("l_job", inside: ["l_http"]).isEmpty && preface("l_job", inside: ["l_stage"]).isEmpty)
  }
}
