import Explanation
import KSRModel
import KSRNumerics
import Workspace

private final class ComparisonCache: ViewCache {
  struct Key: Hashable {
    let pinned: SceneCache.User?
    let pinnedStep: Int
    let live: SceneCache.User
    let step: Int
    let hidesSeen: Bool
  }

  var scenes = LRUCache<Key, ComparisonScene>(limit: 50)

  init(_ cache: SceneCache) {}
}

extension Scene {
  private struct PinnedUser {
    let name: String
  }

  /// Both sides of a comparison; nil where nothing is compared.
  package var comparison: ComparisonScene? { self[ComparisonScene.self] }
  fileprivate(set) var pinnedUser: String? {
    get { self[PinnedUser.self]?.name }
    set { self[PinnedUser.self] = newValue.map(PinnedUser.init) }
  }
}

extension CompareView {
  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard let moment = selection.moment else { return }
    scene[ComparisonScene.self] = selection.cache.comparison(selection.state, moment)
    if case .view(let pinned) = selection.state.pin {
      scene.pinnedUser = selection.cache.name(at: pinned.user, in: selection.state)
    }
  }

  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {
    guard scene.step != nil else { return }
    switch state.pin {
    case .view(let pinned):
      guard let user = scene.pinnedUser else { return }
      let pin = PinRequest(user: user, step: pinned.step, script: EditScript(pinned.edits))
      trail.options += ["--pin", pin.text]
    case .model: trail.options += ["--compare", scene.model.comparedPath ?? ""]
    case nil: break
    }
  }
}

extension SceneCache {
  /// What to call a side, at length and in few words.
  private typealias Titles = (long: String, short: String)

  /// Both sides of a comparison; nil where nothing is compared.
  fileprivate func comparison(_ state: State, _ moment: Selection.Moment) -> ComparisonScene? {
    let (user, survey, step) = (moment.user, moment.survey, moment.step)
    let known = kept(ComparisonCache.self)
    guard let pin = state.pin else { return nil }
    var pinned: User?
    var pinnedStep = step.step
    if case .view(let view) = pin {
      guard let place = self.user(at: view.user, in: state, edits: view.edits) else {
        return nil
      }
      pinned = place
      pinnedStep = view.step
    }
    let key = ComparisonCache.Key(
      pinned: pinned, pinnedStep: pinnedStep, live: user, step: step.step,
      hidesSeen: state.hidesSeen)
    if let scene = known.scenes[key] { return scene }
    guard step.isRanked else { return nil }
    let live = ComparedRun(survey.states, step)
    let result: ComparisonScene?
    if let pinned {
      result = comparison(pinned, at: pinnedStep, with: live, of: user, state)
    } else {
      result = comparisonOfModels(live, of: user, state)
    }
    known.scenes[key] = result
    return result
  }

  private func user(at place: Int, in state: State, edits: [Edit]) -> User? {
    var other = state
    other.user = place
    other.edits.edits = edits
    return user(of: other)
  }

  private func comparison(
    _ user: User, at step: Int, with live: ComparedRun, of liveUser: User, _ state: State
  ) -> ComparisonScene {
    let survey = survey(user, around: step)
    let pinned = ComparedRun(
      survey.states,
      waitingForRanking {
        self.step(
          min(step, survey.states.count - 1), of: user, survey, hidesSeen: state.hidesSeen)
      })
    let relations = zip(pinned.step.slots, live.step.slots).map { a, b in
      ComparisonScene.Relation(
        name: b.name, pinned: a, live: b, cosine: likeness(a, b))
    }
    return scene(
      pinned, titles(user, pinned.step.step), live, titles(liveUser, live.step.step), relations,
      toPinned: { $0 }, toLive: { $0 }, note: nil, pinnedModel: session.model)
  }

  private func comparisonOfModels(
    _ live: ComparedRun, of user: User, _ state: State
  ) -> ComparisonScene? {
    guard let other = compared else { return nil }
    let items = live.states.items
    let seen = items[...live.step.step].count { other.counterpart[Int($0)] > 0 }
    guard seen > 0 else { return nil }
    let states = other.states(items, edits: user.edited?.edits ?? [])
    let pinned = ComparedRun(
      states,
      StepScene(
        seen - 1, of: states, session: other.session, tails: other.tails,
        hidesSeen: state.hidesSeen))
    func slot(_ run: ComparedRun, _ slot: Int?) -> StepScene.Slot? {
      slot.flatMap { run.step.slots.indices.contains($0) ? run.step.slots[$0] : nil }
    }
    var relations = other.slots.enumerated().map { here, there in
      let (a, b) = (slot(pinned, there), slot(live, here))
      return ComparisonScene.Relation(
        name: session.model.relationNames[here], pinned: a, live: b,
        cosine: other.sharesSpace[here]
          || (session.model.settings.memory == .facts
            && other.session.model.settings.memory == .facts)
          ? a.flatMap { a in b.map { likeness(a, $0) } } : nil)
    }
    relations += other.ownSlots.map {
      .init(
        name: other.session.model.relationNames[$0], pinned: slot(pinned, $0), live: nil,
        cosine: nil)
    }
    func number(_ table: [Int32]) -> (Int32) -> Int32? {
      { table[Int($0)] > 0 ? table[Int($0)] : nil }
    }
    return scene(
      pinned, ("model \(other.name)", other.name), live, ("model \(model.name)", model.name),
      relations,
      toPinned: number(other.counterpart), toLive: number(other.original), note: other.drift,
      pinnedModel: other.session.model)
  }

  private func scene(
    _ pinned: ComparedRun, _ pinnedTitles: Titles, _ live: ComparedRun, _ liveTitles: Titles,
    _ relations: [ComparisonScene.Relation], toPinned: (Int32) -> Int32?,
    toLive: (Int32) -> Int32?, note: String?, pinnedModel: TrainedModel
  ) -> ComparisonScene {
    let k = 10
    let known = live.step.recommendations.compactMap { item in
      toPinned(item.item).map { (here: item.item, there: $0) }
    }
    let ranks = Dictionary(
      uniqueKeysWithValues: zip(
        known.map(\.here), KSRModel.ranks(of: known.map(\.there), in: pinned.scores)))
    let firstLive = Set(topItems(live.scores, count: k).map(\.item))
    let shared = topItems(pinned.scores, count: k).map(\.item)
      .filter { toLive($0).map(firstLive.contains) ?? false }
    // Where a model lacks what came next, its side has another; the live side knows best.
    let pinnedTruth = note != nil ? live.truth.flatMap(toPinned) : pinned.truth
    var truths: [ComparisonScene.Truth] = []
    func truth(_ here: Int32, _ there: Int32?, _ side: String?) {
      truths.append(
        .init(
          title: session.model.itemNames[Int(here)],
          pinned: there.map { rank(of: $0, in: pinned.scores) },
          live: rank(of: here, in: live.scores), side: side))
    }
    if let item = live.truth {
      let there = toPinned(item)
      truth(item, there, there != nil && there == pinnedTruth ? nil : "B")
    }
    if let item = pinnedTruth, live.truth.flatMap(toPinned) != item, let here = toLive(item) {
      truth(here, item, "A")
    }
    return ComparisonScene(
      pinned: .init(
        title: pinnedTitles.long, shortTitle: pinnedTitles.short, step: pinned.step,
        hasProbabilities: pinnedModel.settings.loss == .crossEntropy),
      live: .init(
        title: liveTitles.long, shortTitle: liveTitles.short, step: live.step,
        hasProbabilities: model.hasProbabilities),
      relations: relations, truths: truths, ranks: ranks, shared: Set(shared), k: k, note: note)
  }

  /// The cosine of what two slots hold: their vectors, or m of their tails.
  private func likeness(_ a: StepScene.Slot, _ b: StepScene.Slot) -> Float {
    guard session.model.settings.memory == .facts else { return cosine(a.value, b.value) }
    let names = Set((a.reading.facts + b.reading.facts).map(\.name)).sorted()
    func held(_ slot: StepScene.Slot) -> [Float] {
      let byName = Dictionary(
        slot.reading.facts.map { ($0.name, $0.held ?? 0) }, uniquingKeysWith: +)
      return names.map { byName[$0] ?? 0 }
    }
    return cosine(held(a)[...], held(b)[...])
  }

  func name(at place: Int, in state: State) -> String? {
    if session.users.indices.contains(place) { return session.users[place].user }
    let own = place - session.users.count
    return state.own.indices.contains(own) ? state.own[own].name : nil
  }

  private func titles(_ user: User, _ step: Int) -> Titles {
    let count = user.edited?.edits.count ?? 0
    let edits = count == 0 ? "" : count == 1 ? ", 1 edit" : ", \(count) edits"
    let name = history(of: user).user
    let noun = session.model.nouns.user.one
    return ("\(noun) \(name), step \(step + 1)\(edits)", "step \(step + 1)\(edits), \(name)")
  }
}
