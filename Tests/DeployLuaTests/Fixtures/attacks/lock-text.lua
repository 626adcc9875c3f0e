--- nothing but a space | refused deploy.lock cannot be read
[]
--- no JSON | refused deploy.lock
{
--- brackets without end | refused deploy.lock
[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
--- a newer form | refused deploy.lock has form 2
{ "lock": 2, "plugins": {} }
--- a form that is a text | refused deploy.lock cannot be read
{ "lock": "1", "plugins": {} }
--- a field that nobody knows | refused it has a field
{ "lock": 1, "plugins": {}, "evil": 1 }
--- no plugins | refused it has no plugins
{ "lock": 1 }
--- plugins that are a list | refused it has no plugins
{ "lock": 1, "plugins": [] }
--- a plugin that is a text | refused name of chat is missing or wrong
{ "lock": 1, "plugins": { "chat": "evil" } }
--- a plugin whose name is a path | refused is missing or wrong
{ "lock": 1, "plugins": { "../chat": { "capabilities": [], "dependencies": {},
  "name": "../chat", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "/x", "version": "1.0.0" } } }
--- a plugin under another's name | refused name of chat is missing or wrong
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": {},
  "name": "tool", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "/x", "version": "1.0.0" } } }
--- a version that is none | refused version of chat is missing or wrong
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": {},
  "name": "chat", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "/x", "version": "latest" } } }
--- a digest that is too short | refused sha256 of chat is missing or wrong
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": {},
  "name": "chat", "sha256": "abab",
  "source": "/x", "version": "1.0.0" } } }
--- a digest of other letters | refused sha256 of chat is missing or wrong
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": {},
  "name": "chat", "sha256": "xyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxy",
  "source": "/x", "version": "1.0.0" } } }
--- no source | refused source of chat is missing or wrong
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": {},
  "name": "chat", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "", "version": "1.0.0" } } }
--- a commit that is a branch | refused commit of chat is missing or wrong
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": {},
  "name": "chat", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "/x", "version": "1.0.0", "commit": "main" } } }
--- capabilities that are a text | refused capabilities of chat
{ "lock": 1, "plugins": { "chat": { "capabilities": "host.run", "dependencies": {},
  "name": "chat", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "/x", "version": "1.0.0" } } }
--- a dependency whose name is a path | refused dependencies of chat
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": { "../x": "*" },
  "name": "chat", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "/x", "version": "1.0.0" } } }
--- a range that is none | refused wanted of chat
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": {},
  "name": "chat", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "/x", "version": "1.0.0", "wanted": "newest" } } }
--- a field of a plugin that nobody knows | refused chat has a field
{ "lock": 1, "plugins": { "chat": { "capabilities": [], "dependencies": {},
  "name": "chat", "sha256": "abababababababababababababababababababababababababababababababab",
  "source": "/x", "version": "1.0.0", "postinstall": "evil" } } }
