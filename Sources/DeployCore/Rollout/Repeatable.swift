import DeployModel

extension DeployModel.Operation {
  /// The operation, marked so that it is started again if its outcome is unknown.
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
