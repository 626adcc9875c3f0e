import DeployCore
import DeployModel
import Testing

@Suite("host:template") struct TemplateWordTests {
  private let files = ["app.conf": "port = {{ port }}\npassword = {{ password }}\n"]
  private func rig(_ call: String) throws -> Rig {
    let code = "local conf = template 'app.conf'\n" + recipe(call)
    return try Rig(code, files: files)
  }
  private func written(_ call: String) throws -> (content: Text, mode: Int?, owner: String?)? {
    guard case .perform(.host(0), .write(let path, let content, let mode, let owner), _)? = try rig(call).begin(.validateService).request
    else { return nil }
    #expect(path == "/etc/app.conf")
    return (content, mode, owner)
  }
  private func refused(_ call: String) throws -> String {
    let failure = try #require(try rig(call).begin(.validateService).result?.error?.failure, "\(call)")
    return failure.message + (failure.fix.map { "; \($0)" } ?? "")
  }

  @Test("a template is written with its values, as host:write would write that text")
  func values() throws {
    let call = "host:template('/etc/app.conf', conf, { port = 80, password = 'none' }, { mode = '0644', owner = 'app' })"
    let write = try #require(try written(call))
    #expect(write.content == Text("port = 80\npassword = none\n") && write.mode == 0o644 && write.owner == "app")
  }

  @Test("a secret among the values stays a handle")
  func secrets() throws {
    let call = "host:template('/etc/app.conf', conf, { port = 80, password = secret 'DB' })"
    let write = try #require(try written(call))
    let pieces: [Text.Piece] = [.literal("port = "), .literal("80"), .literal("\npassword = "), .secret(name: "DB"), .literal("\n")]
    #expect(write.content == Text(pieces: pieces))
    #expect(write.mode == nil)
    let open = "host:template('/etc/app.conf', conf, { port = 80, password = secret 'DB' }, { mode = '0644' })"
    #expect(try refused(open).contains("host:template: with mode 0644 everybody on the host could read the secret in /etc/app.conf"))
  }

  @Test("the parameters of the deployment may be the values")
  func parameters() throws {
    let code = """
      local conf = template 'app.conf'
      recipe "web" { path = "/srv/web", params = { port = param.integer {}, password = param.string {} }, on = {
        ValidateService = function(host, deployment) host:template("/etc/app.conf", conf, deployment.params) end } }
      """
    let rig = try Rig(code, parameters: .record(of: [("port", 8080), ("password", "y")]), files: files)
    guard case .perform(_, .write(_, let content, _, _), _)? = try rig.begin(.validateService).request else {
      Issue.record("nothing was written")
      return
    }
    #expect(content == Text("port = 8080\npassword = y\n"))
  }

  @Test("a missing value, a value that is no text, and what is no template are refused with the next step")
  func refusals() throws {
    #expect(try refused("host:template('/a', conf, { prot = 80, password = 'x' })").contains("a place {{ port }}, and no value was given"))
    #expect(try refused("host:template('/a', conf, { prot = 80, password = 'x' })").contains("did you mean"))
    #expect(try refused("host:template('/a', conf)").contains("{{ port }}"))
    let bytes = "host:template('/a', conf, { port = '\\xff\\xfe', password = secret 'DB' })"
    #expect(try refused(bytes).contains("host:template: the filled text has bytes that are no UTF-8 text"))
    let table = "host:template('/a', conf, { port = {}, password = 'x' })"
    #expect(try refused(table).contains("takes a string or a number for port, got a table"))
    #expect(
      try refused("host:template('/a', 'app.conf', {})")
        == #"host:template takes what template "file" gives, got "app.conf"; at the top of the file: local conf = template "app.conf""#)
    #expect(try refused("local text = conf { port = 1, password = secret 'DB' }").contains("a secret cannot become text"))
    #expect(try refused("host:template('../x', conf, { port = 1, password = 'x' })").contains("leads out of it"))
  }
}
