import AtomicFiles
import ExplorerCore
import Text

/// The loop: show the state, wait for keys, change the state.
@MainActor
struct TerminalLoop {
  var state: State
  var cache: SceneCache
  let terminal: CursesTerminal
  let glyphs: Glyphs
  let keeper: StateKeeper
  /// Follows a training run, if one is watched.
  var watcher: RunWatcher?
  /// What the model has to say about the state, and its picture.
  private var scene: Scene
  private var frame: Frame
  /// Sentences about what could not be written; on the screen they were gone with the next key.
  private(set) var failures: [String] = []
  /// How often a scene was made, which is what a key costs.
  private(set) var sceneCount = 0
  /// Whether the scene is newer than the frame.
  private var hasChanged = false
  /// Whether the state is newer than the scene.
  private var isStale = false
  /// Whether more is known than the scene has.
  private var isBehind = false
  private var lastLook = ContinuousClock.now
  private var lastStep = ContinuousClock.now

  init(
    state: State, cache: SceneCache, terminal: CursesTerminal, glyphs: Glyphs, keeper: StateKeeper,
    watcher: RunWatcher? = nil
  ) {
    self.state = state
    self.cache = cache
    self.terminal = terminal
    self.glyphs = glyphs
    self.keeper = keeper
    self.watcher = watcher
    cache.waitsForRanking = false
    scene = cache.scene(for: state)
    frame = Explorer.render(state, scene, glyphs: glyphs)
  }

  mutating func run() throws(UserError) {
    terminal.show(frame.canvas)
    while true {
      let keys = try waitForKeys()
      if terminal.isEnding { return }
      var actions = keys.isEmpty ? tick() + lookAtRun() : []
      // More may be known by now than when the frame was drawn; clicks go by what is seen.
      if isBehind { look() }
      if !keys.isEmpty || !actions.isEmpty { lastStep = .now }
      var next = keys[...]
      while !actions.isEmpty || !next.isEmpty {
        if actions.isEmpty, let key = next.popFirst() {
          if hasChanged, case .click = key { render() }
          guard let action = Explorer.action(for: key, in: state, frame: frame) else { continue }
          actions.append(action)
        }
        let action = actions.removeFirst()
        // A character goes to the end of a word, whatever is found by it.
        if isStale, !action.isCharacter { look() }
        let change = Explorer.reduce(state, action, in: scene)
        state = change.state
        for effect in change.effects {
          switch effect {
          case .quit: return
          case .redraw: terminal.forgetScreen()
          case .keep: if let failure = keeper.keep(state) { state = failure }
          case .copy(let text): terminal.copy(text)
          case .export(let format): actions.append(.show(export(format)))
          }
        }
        (isStale, hasChanged) = (true, true)
      }
      terminal.setMouse(state.takesMouse)
      terminal.theme = state.theme
      if hasChanged || isBehind { render() }
      terminal.show(frame.canvas)
    }
  }

  private mutating func draw() {
    cache.hasNewRanking = false
    look()
    render()
    terminal.show(frame.canvas)
  }

  private mutating func look() {
    scene = cache.scene(for: state)
    isStale = false
    sceneCount += 1
  }

  private mutating func render() {
    if isStale { look() }
    frame = Explorer.render(state, scene, glyphs: glyphs)
    (hasChanged, isBehind) = (false, false)
  }

  /// Waits for keys; while there are none, what is missing around the state is computed a portion
  /// at a time, and shown when it is there.
  private mutating func waitForKeys() throws(UserError) -> [Key] {
    var portions = 0
    while cache.work(for: state) {
      portions += 1
      isBehind = true
      if state.awaitsTour, cache.foundTour != nil { return [] }
      let keys = try terminal.nextKeys(milliseconds: 0)
      if !keys.isEmpty || isLookDue || terminal.isEnding { return keys }
      if portions.isMultiple(of: 12) || cache.hasNewRanking { draw() }
    }
    if portions > 0 { draw() }
    if state.awaitsTour { return [] }
    var milliseconds: Int32 = -1
    if state.playback.isRunning {
      milliseconds = Int32(max(0, 1000 / state.playback.stepsPerSecond - sinceStep))
    }
    if watcher != nil {
      let look = Int32(RunWatcher.milliseconds)
      milliseconds = milliseconds < 0 ? look : min(milliseconds, look)
    }
    return try terminal.nextKeys(milliseconds: milliseconds)
  }

  /// Milliseconds since something was done.
  private var sinceStep: Double { (ContinuousClock.now - lastStep) / .milliseconds(1) }

  private var isLookDue: Bool {
    watcher != nil && ContinuousClock.now - lastLook >= .milliseconds(RunWatcher.milliseconds)
  }

  /// Looks at the files of the run that is watched, if it is time to; a better model takes the place
  /// of the one that is shown.
  private mutating func lookAtRun() -> [Action] {
    guard isLookDue, var watcher else { return [] }
    lastLook = .now
    var actions: [Action] = []
    if let model = watcher.look() {
      do {
        let next = SceneCache(
          try cache.session.reading(model), name: cache.model.name, command: cache.model.command)
        next.waitsForRanking = false
        state = Explorer.carry(state, from: cache, to: next)
        cache = next
        isBehind = true
        let epoch = watcher.status.epochs?.best.map { " (epoch \($0.number))" } ?? ""
        actions.append(.show(Toast("Loaded better checkpoint" + epoch)))
      } catch {
        watcher.refuse(because: "\(error)")
      }
    }
    self.watcher = watcher
    return watcher.status == state.watch ? actions : [.watch(watcher.status)] + actions
  }

  private func tick() -> [Action] {
    if state.awaitsTour { return cache.foundTour.map { [.tour($0)] } ?? [] }
    guard state.playback.isRunning, sinceStep >= 1000 / state.playback.stepsPerSecond - 1 else {
      return []
    }
    return [.tick]
  }

  /// Writes or copies the view on the screen, and says what has become of it.
  private mutating func export(_ format: ExportFormat) -> Toast {
    do {
      guard let (text, name) = try cache.export(of: state, as: format, glyphs: glyphs) else {
        return Toast("There is nothing to write out yet", role: .warning)
      }
      if format == .text || format == .copy { terminal.copy(text) }
      guard format != .copy else { return Toast("Copied as text: \(name)") }
      let file = try ExplanationFile.write(text, named: name, as: format)
      return Toast("Written: \(file)\(format == .text ? " (and copied)" : "")")
    } catch {
      let text = "Not written: \(error)"
      failures.append(text)
      return Toast(text, role: .failure)
    }
  }
}
