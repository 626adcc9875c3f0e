import DeployHosts
import DeployStore

/// The providers of secrets, in the order in which they are asked.
enum SecretSources {
  /// Returns, in this order: the environment, the file `.lander/secrets` next to `deploy.lua`, and the program in `LANDER_SECRETS_COMMAND`.
  static func all(of folder: String) -> [any SecretProvider] {
    var providers: [any SecretProvider] = [EnvironmentSecrets(Folder.environment), FileSecrets(folder + "/.lander/secrets")]
    if let command = Folder.variable("LANDER_SECRETS_COMMAND"), !command.isEmpty {
      let machine = EngineProcesses(directory: folder, vault: Vault(SecretProviders([])))
      let run = Programs.runner(on: machine)
      providers.append(CommandSecrets(command.split(separator: " ").map(String.init), in: folder, run: run))
    }
    return providers
  }
}
