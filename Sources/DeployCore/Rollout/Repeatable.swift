import DeployModel

extension DeployModel.Operation {
  /// The same operation, which is begun again if nobody can say how it ended.
  var repeatable: DeployModel.Operation {
    switch self {
    case .run(var command):
      command.onLost = .repeat
      return .run(command)
    case .http(var request):
      request.onLost = .repeat
      return .http(request)
    default: return self
    }
  }
}
