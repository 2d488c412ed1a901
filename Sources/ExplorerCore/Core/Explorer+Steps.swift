/// Going through a history, and from one history to another.
extension Explorer {
  static func stepCount(_ scene: Scene) -> Int { scene.user?.rows.count ?? 0 }

  static func go(to step: Int, in state: inout State, _ scene: Scene) {
    state.step = min(max(0, step), max(0, stepCount(scene) - 1))
    state.why.lookElsewhere()
  }

  static func step(_ command: Command, in state: inout State, _ scene: Scene) {
    stop(&state)
    guard hasHistory(&state, scene) else { return }
    let last = stepCount(scene) - 1
    let tenth = max(1, (last + 1) / 10)
    switch command {
    case .stepForward: go(to: state.step + 1, in: &state, scene)
    case .stepBack: go(to: state.step - 1, in: &state, scene)
    case .firstStep: go(to: 0, in: &state, scene)
    case .lastStep: go(to: last, in: &state, scene)
    case .skipForward: go(to: state.step + tenth, in: &state, scene)
    case .skipBack: go(to: state.step - tenth, in: &state, scene)
    case .nextChange, .previousChange:
      let forward = command == .nextChange
      guard let user = scene.user else { return }
      if let step = user.change(from: state.step, forward: forward) {
        go(to: step, in: &state, scene)
      } else {
        state.toast = Toast(
          "The largest attention does not change \(forward ? "after" : "before") this step")
      }
    default: break
    }
  }

  /// Whether there is a history; says so where there is none.
  static func hasHistory(_ state: inout State, _ scene: Scene) -> Bool {
    if scene.user == nil {
      state.toast = Toast("There is no history; v lists {users}, n makes one")
    }
    return scene.user != nil
  }

  // MARK: Steps that go on by themselves

  static func stop(_ state: inout State) { state.playback.isRunning = false }

  static func play(_ command: Command, in state: inout State, _ scene: Scene) {
    guard hasHistory(&state, scene) else { return }
    switch command {
    case .faster:
      state.playback.speed = min(state.playback.speed + 1, Playback.speeds.count - 1)
    case .slower: state.playback.speed = max(state.playback.speed - 1, 0)
    default:
      let isAtEnd = state.step >= stepCount(scene) - 1
      state.playback.isRunning.toggle()
      if state.playback.isRunning, isAtEnd { go(to: 0, in: &state, scene) }
      if stepCount(scene) < 2 { state.playback.isRunning = false }
    }
    let speed = state.playback.stepsPerSecond
    let text =
      speed < 1
      ? "one step in \(Int(1 / speed)) seconds"
      : speed == 1 ? "one step a second" : "\(Int(speed)) steps a second"
    state.toast = Toast(state.playback.isRunning ? "Playing, \(text)" : "Paused, \(text)")
  }

  static func tick(_ state: inout State, _ scene: Scene) {
    guard state.playback.isRunning else { return }
    if state.step < stepCount(scene) - 1 {
      go(to: state.step + 1, in: &state, scene)
    } else {
      stop(&state)
      state.toast = Toast("The end of the history")
    }
  }
}
