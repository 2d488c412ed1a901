extension Explorer {
  /// What a key means in a state; the frame says what a click has hit.
  public static func action(for key: Key, in state: State, frame: Frame) -> Action? {
    switch key {
    case .resize(let size): return .resize(size)
    case .click(let place):
      if let action = frame.action(at: place) { return action }
      return state.isInFullView ? .clickInView(place) : nil
    case .wheelUp(let place), .wheelDown(let place):
      if state.menu != nil || state.context == .card {
        return .command(key.isWheelUp ? .rowUp : .rowDown)
      }
      if state.isInFullView { return .turnInView(place, up: key.isWheelUp) }
      guard state.overlay == nil else { return nil }
      return state.layout.panes.first { $0.body.contains(place) }
        .map { .turn($0.pane, up: key.isWheelUp) }
    default: break
    }
    if let command = Bindings.command(for: key, in: state.context) {
      if command == .jump, case .character(let digit) = key, let tenths = digit.wholeNumberValue {
        return .jump(tenths: tenths)
      }
      return .command(command)
    }
    return switch state.context.unbound {
    case .typed: .type(key)
    case .named: .unknown(key)
    case .does(let command): .command(command)
    case .nothing: nil
    }
  }

  /// Does what a list of keys says, one after the other, and stops where one of them ends the
  /// program.
  public static func run(
    _ keys: [Key], from state: State, with cache: SceneCache, glyphs: Glyphs
  ) -> Transition {
    var last = Transition(state: state)
    var scene = cache.scene(for: last.state)
    var frame = render(last.state, scene, glyphs: glyphs)
    for key in keys {
      // Text that is pasted is filtered by once.
      if action(for: key, in: last.state, frame: frame)?.isCharacter != true {
        scene = cache.scene(for: last.state)
        frame = render(last.state, scene, glyphs: glyphs)
      }
      guard let action = action(for: key, in: last.state, frame: frame) else { continue }
      last = reduce(last.state, action, in: scene)
      if last.state.awaitsTour {
        last = reduce(last.state, .tour(cache.tour()), in: scene)
      }
      if last.effects.contains(.quit) { break }
    }
    return last
  }
}

extension Key {
  var isWheelUp: Bool { if case .wheelUp = self { true } else { false } }
}
