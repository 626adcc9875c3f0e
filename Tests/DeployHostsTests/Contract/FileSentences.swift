import DeployCore
import DeployModel

/// Sentences about files, links, uploads and downloads.
extension Sentence {
  static let files = [
    Sentence("a file that was written is there with its mode, and is replaced by the next one") { play in
      await play.done(Act.count.command())
      let answer = await play.perform(.write(path: "conf", content: "one\n", mode: nil, owner: nil))
      play.expect(answer.kind == nil && answer.value == .null && answer.stdout == nil, "\(answer)")
      play.expect(await play.text("conf") == "one\n" && play.ground.mode(of: "conf") == 0o644, "conf")
      await play.done(.write(path: "conf", content: "", mode: 0o640, owner: nil))
      play.expect(await play.text("conf") == "" && play.ground.mode(of: "conf") == 0o640, "conf, once more")
      play.expect(await play.perform(.exists(path: "conf")).value, .bool(true), "exists")
      play.expect(await play.perform(.exists(path: "\(play.path)/conf")).value, .bool(true), "exists, by its whole path")
    },
    Sentence("a file with a secret in it is its owner's alone") { play in
      let engine = try play.another(secrets: ["KEY": "s3cr3t-value"])
      let content = Text(pieces: [.literal("key="), .secret(name: "KEY")])
      await play.done(Act.count.command())
      await play.done(.write(path: "conf", content: content, mode: nil, owner: nil), by: engine)
      play.expect(play.ground.mode(of: "conf"), 0o600, "mode")
      play.expect(await play.perform(.read(path: "conf", limit: 100), by: engine).value, "key=<secret KEY>", "what is read")
    },
    Sentence("paths of a hook start from its release") { play in
      let release = try play.release(1)
      await play.done(.stage(release))
      let answer = await play.perform(.write(path: "conf", content: "x", mode: nil, owner: nil), release: release.id)
      play.expect(answer.kind == nil, "\(answer)")
      play.expect(await play.text("releases/\(release.id)/conf"), "x", "the file")
      play.expect(await play.perform(.read(path: "conf", limit: 10), release: release.id).value, "x", "the file, from the release")
      play.expect(await play.perform(.exists(path: "conf")).value, .bool(false), "a file of that name beside it")
    },
    Sentence("what is not there is missing, what is longer than asked for and what is no file is refused") { play in
      await play.done(Act.count.command())
      await play.done(.write(path: "conf", content: "12345", mode: nil, owner: nil))
      play.ground.happen(.folder("folder"))
      await play.refused(.missing, .read(path: "none", limit: 10))
      await play.refused(.invalid, .read(path: "conf", limit: 4))
      play.expect(await play.perform(.read(path: "conf", limit: 5)).value, "12345", "exactly as long as asked for")
      await play.refused(.invalid, .read(path: "folder", limit: 10))
      play.expect(await play.perform(.exists(path: "none")).value, .bool(false), "what is not there")
    },
    Sentence("nothing is written in a folder that is not there, over a folder, or for a user that is not there") { play in
      await play.done(Act.count.command())
      play.ground.happen(.folder("folder"))
      await play.refused(.missing, .write(path: "nowhere/conf", content: "x", mode: nil, owner: nil))
      await play.refused(.missing, .link(target: "x", path: "nowhere/link"))
      await play.refused(.invalid, .write(path: "folder", content: "x", mode: nil, owner: nil))
      await play.refused(.invalid, .link(target: "x", path: "folder"))
      await play.refused(.notPermitted, .write(path: "conf", content: "x", mode: nil, owner: "nobody-of-that-name"))
      play.expect(await play.perform(.exists(path: "conf")).value, .bool(false), "conf")
    },
    Sentence("what is too long to be written is refused before the host is asked") { play in
      await play.done(Act.count.command())
      let content = Text(String(repeating: "x", count: 1 << 20 + 1))
      await play.refused(.invalid, .write(path: "conf", content: content, mode: nil, owner: nil))
      await play.refused(.invalid, .run(Command(.shell(Act.speak.line), input: content)))
      play.expect(await play.perform(.exists(path: "conf")).value, .bool(false), "conf")
    },
    Sentence("a file asked for twice is written once: what came after the first time stays") { play in
      await play.done(Act.count.command())
      for (number, text) in [(7, "first"), (8, "second"), (7, "first")] {
        let answer = await play.perform(.write(path: "conf", content: Text(text), mode: nil, owner: nil), number: number)
        play.expect(answer.kind == nil, "\(answer)")
      }
      play.expect(await play.text("conf"), "second", "conf")
      for (number, text) in [(9, "conf"), (10, "other"), (9, "conf")] {
        play.expect(await play.perform(.link(target: text, path: "link"), number: number).kind == nil, "link")
      }
      play.expect(await play.perform(.exists(path: "link")).value, .bool(true), "a link that leads nowhere")
      await play.refused(.missing, .read(path: "link", limit: 10))
    },
    Sentence("a link is made and replaced, and leads to what it names") { play in
      await play.done(Act.count.command())
      for name in ["one", "two"] {
        await play.done(.write(path: name, content: Text(name), mode: nil, owner: nil))
        await play.done(.link(target: name, path: "link"))
        play.expect(await play.text("link"), name, "link")
      }
    },
    Sentence("a file goes to the host and comes back, with its mode and every byte") { play in
      play.ground.happen(.machineFile("here", "text\n\u{1F600}", mode: 0o750))
      let answer = await play.perform(.upload(from: "\(play.ground.folder)/here", to: "there"))
      play.expect(answer.kind == nil && answer.value == .null && answer.stdout == nil, "\(answer)")
      play.expect(await play.text("there"), "text\n\u{1F600}", "there")
      play.expect(play.ground.mode(of: "there"), 0o750, "its mode")
      await play.done(.download(from: "there", to: "\(play.ground.folder)/back"))
      play.expect(play.ground.text(onMachine: "back"), "text\n\u{1F600}", "back")
    },
    Sentence("what is not there is neither sent nor brought") { play in
      await play.done(Act.count.command())
      await play.refused(.missing, .upload(from: "\(play.ground.folder)/none", to: "there"))
      await play.refused(.missing, .download(from: "none", to: "\(play.ground.folder)/back"))
      play.expect(await play.perform(.exists(path: "there")).value, .bool(false), "there")
      play.expect(play.ground.text(onMachine: "back") == nil, "something was brought")
    },
  ]
}
