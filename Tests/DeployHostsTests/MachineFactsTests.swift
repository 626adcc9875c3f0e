import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("What kind of machine a host is") struct MachineFactsTests {
  @Test("a survey finds distribution, memory, addresses and init system, whatever the host's shell", arguments: Shell.here)
  func surveyed(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let machine = try #require(try await ground.state().facts.machine)
    func said(_ line: String) -> String { Ground.sh(line).trimmingCharacters(in: .whitespacesAndNewlines) }
    #expect(machine.distribution == said(". /etc/os-release && echo $ID"))
    #expect(machine.version ?? "" == said(". /etc/os-release && echo $VERSION_ID"))
    #expect(machine.memory.map { "\($0 / 1024)" } == said("awk '/MemTotal/ { print $2 }' /proc/meminfo"))
    let addresses = said("ip -o addr show scope global | awk '{ sub(\"/.*\", \"\", $4); print $4 }' | sort -u").split(separator: "\n")
    #expect(Set(machine.addresses) == Set(addresses.map(String.init)))
    #expect(machine.initSystem?.isEmpty == false)
    await ground.end()
  }

  private func facts(_ facts: [String: String], _ addresses: [String] = []) -> MachineFacts {
    MachineFacts(surveyed: { facts[$0] }, addresses)
  }

  @Test("values of os-release lose their quotes, and what is no value is left out")
  func values() {
    #expect(facts(["ID": "\"rocky\"", "VERSION_ID": "'9.4'"]).distribution == "rocky")
    #expect(facts(["ID": "\"rocky\"", "VERSION_ID": "'9.4'"]).version == "9.4")
    #expect(facts(["ID": "\"\"", "VERSION_ID": String(repeating: "9", count: 65), "memory": "many"]) == MachineFacts())
    #expect(facts(["memory": "16384", "init": "runit"]) == MachineFacts(memory: 16_777_216, initSystem: "runit"))
    #expect(facts(["memory": "9223372036854775807"]).memory == .max, "nothing overflows")
  }

  @Test("IPv6 addresses are written as RFC 5952 says, each address once, 64 at most")
  func addresses() {
    let given = [
      "10.0.0.1", "20010db8000000000000000000000001", "20010db8000000010001000100010001", "00000000000000000000000000000001", "10.0.0.1",
      "20010db8000000000001000000000000", "no address at all", "zz010db8000000000000000000000001", "20010db800010000000200030004ff05",
    ]
    #expect(
      facts([:], given).addresses == [
        "10.0.0.1", "2001:db8::1", "2001:db8:0:1:1:1:1:1", "::1", "2001:db8:0:0:1::", "2001:db8:1:0:2:3:4:ff05",
      ])
    #expect(facts([:], (0..<200).map { "10.0.0.\($0)" }).addresses.count == 64)
  }
}
