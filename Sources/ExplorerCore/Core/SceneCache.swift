import AtomicFiles
import Explanation
import KSRModel
import KSRNumerics
import Text
import Workspace

/// Makes scenes, and keeps what it has computed, so that a key press costs only what it changed.
public final class SceneCache {
  package let session: Session
  /// What the screen says of the model.
  public let model: ModelScene

  /// The second model; nil without one.
  let compared: ComparedModel?
  private(set) lazy var nearest = NearestItems(session.network)
  private(set) lazy var tails = TailIndex(session.model)
  private(set) lazy var editNames = EditNames(session.model, session.network) {
    [session] user throws(UserError) in
    if let place = session.users.place(of: user) { return session.users[place].items }
    let near = AtomicFiles.nearest(to: user, among: session.users.names)
    throw UserError(
      "the data have no user \(quoted(user))"
        + (near.map { "; the nearest is \(printable($0))." } ?? "."))
  }
  /// What the attention does on average; nil while that is not known.
  private(set) var attention: AttentionSummary?
  /// Whether a scene waits for its list of recommendations, however many items there are; else the
  /// list of a large catalogue comes with ``work(for:)``.
  public var waitsForRanking = true
  /// Whether a list has come since this was last set to false.
  public var hasNewRanking = false
  private var surveys = LRUCache<User, UserSurvey>(limit: 12)
  private var steps = LRUCache<StepKey, StepScene>(limit: 200)
  var viewCaches: [ObjectIdentifier: any ViewCache] = [:]

  private struct StepKey: Hashable {
    let user: User
    let step: Int
    let hidesSeen: Bool
  }

  /// A cache without anything in it.
  ///
  /// - Parameters:
  ///   - name: what to call the model.
  ///   - command: the command line that opens the same model and data.
  ///   - compared: a second model to compare with.
  public init(
    _ session: Session, name: String, command: [String] = [], compared: ComparedModel? = nil
  ) {
    self.session = session
    self.compared = compared
    var model = ModelScene(session, name: name, command: command)
    model.comparedName = compared?.name
    model.comparedPath = compared?.path
    self.model = model
  }

  /// What a picture of a state needs.
  public func scene(for state: State) -> Scene {
    let selection = selection(shown(state))
    let step = selection.moment?.step
    var scene = Scene(
      model: model, user: selection.moment?.survey.scene, step: step,
      selectedSlot: step.flatMap { selection.state.slot ?? $0.leader }, attention: attention)
    for view in Views.all { view.compose(&scene, selection) }
    state.overlay?.compose(&scene, selection)
    return scene
  }

  private func shown(_ state: State) -> State { state.overlay?.shown(state, self) ?? state }

  func selection(_ state: State) -> Selection {
    guard let user = user(of: state) else {
      return Selection(state: state, cache: self, moment: nil)
    }
    let survey = survey(user, around: state.step)
    let step = step(
      min(state.step, survey.states.count - 1), of: user, survey, hidesSeen: state.hidesSeen)
    return Selection(
      state: state, cache: self, moment: .init(user: user, survey: survey, step: step))
  }

  /// Does a portion of what is still missing around a state; false if nothing was.
  public func work(for state: State) -> Bool {
    let state = shown(state)
    func works(_ turns: WorkTurn...) -> Bool {
      let selection = selection(state)
      return turns.contains { turn in Views.all.contains { $0.work(selection, at: turn) } }
        || (turns == [.atLeisure] && state.overlay?.work(selection) == true)
    }
    if rank(for: state) || works(.first, .onScreen, .inDepth) { return true }
    if let user = user(of: state), surveys[user]?.isComplete == false,
      var begun = surveys.removeValue(forKey: user)
    {
      begun.work(around: state.step)
      surveys[user] = begun
      return true
    }
    return summariseAttention() || works(.atLeisure)
  }

  /// Does a portion of what one view misses on the screen; false if nothing was.
  func work(for state: State, on view: any ExplorerView.Type) -> Bool {
    view.work(selection(shown(state)), at: .onScreen)
  }

  private func summariseAttention() -> Bool {
    guard attention == nil, session.network.relationCount > 0, !session.users.isEmpty else {
      return false
    }
    // The beginnings of a few histories, taken from all over the data.
    let count = min(session.users.count, 24)
    attention = AttentionSummary(
      network: session.network,
      histories: (0..<count).map {
        Array(session.users[$0 * session.users.count / count].items.prefix(30))
      })
    return true
  }

  func survey(_ user: User, around step: Int) -> UserSurvey {
    if let known = surveys[user] { return known }
    var unedited: HistoryStates?
    if case .edited(let base, _) = user { unedited = self.survey(base, around: step).states }
    var survey = UserSurvey(
      history(of: user), isOwn: user.isOwn, edited: user.edited, unedited: unedited,
      around: step, of: session)
    // The ranks of an edited history can wait for the key that comes next.
    if user.edited == nil { survey.work(around: step) }
    surveys[user] = survey
    return survey
  }

  func step(
    _ step: Int, of user: User, _ survey: UserSurvey, hidesSeen: Bool
  ) -> StepScene {
    let key = StepKey(user: user, step: step, hidesSeen: hidesSeen)
    let isReady = !ranksInPortions || unscored(user, step, survey) == nil
    if let known = steps[key], known.isRanked || !isReady { return known }
    if isReady { findScoresOfChanges(user, step, survey) }
    let result = StepScene(
      step, of: survey.states, edited: user.edited, session: session, tails: tails,
      hidesSeen: hidesSeen, ranked: isReady)
    steps[key] = result
    return result
  }

  // MARK: The list of a large catalogue

  /// Whether scoring all items takes longer than a key may wait for.
  private var ranksInPortions: Bool { !waitsForRanking && session.network.scoringCost > 1 << 23 }

  /// The run and the step whose scores the list misses; nil if it misses none.
  private func unscored(
    _ user: User, _ step: Int, _ survey: UserSurvey
  ) -> (states: HistoryStates, step: Int)? {
    if !survey.states.hasScores(at: step) { return (survey.states, step) }
    guard case .edited(let base, let history) = user, let before = history.unedited(at: step)
    else { return nil }
    let unedited = self.survey(base, around: before).states
    return unedited.hasScores(at: before) ? nil : (unedited, before)
  }

  /// Scores some more items for the list on the screen; false if there are none left.
  private func rank(for state: State) -> Bool {
    guard ranksInPortions, let moment = selection(state).moment, !moment.step.isRanked,
      let missing = unscored(moment.user, moment.step.step, moment.survey)
    else { return false }
    missing.states.findScores(at: missing.step, multiplications: UserSurvey.portion)
    hasNewRanking = unscored(moment.user, moment.step.step, moment.survey) == nil
    return true
  }

  /// What `make` makes of scenes that wait for their lists.
  func waitingForRanking<Result>(_ make: () -> Result) -> Result {
    let before = waitsForRanking
    waitsForRanking = true
    defer { waitsForRanking = before }
    return make()
  }
}

// MARK: Whose history it is

extension SceneCache {
  /// Whose history it is, so that what was computed for it can be found again.
  indirect enum User: Hashable {
    /// A user of the data, by place.
    case data(Int)
    /// A user made here, by name and items.
    case own(String, [Int32])
    case edited(User, EditedHistory)

    var isOwn: Bool {
      switch self {
      case .data: false
      case .own: true
      case .edited(let base, _): base.isOwn
      }
    }

    /// What the edits have made of the history; nil without any.
    var edited: EditedHistory? { if case .edited(_, let history) = self { history } else { nil } }
  }

  /// The user that a state looks at, after the edits; nil for none, or one without items that the
  /// model knows.
  func user(of state: State) -> User? {
    guard let user = unedited(state) else { return nil }
    guard !state.edits.edits.isEmpty, let history = edited(user, state.edits.edits) else {
      return user
    }
    return .edited(user, history)
  }

  /// The user that a state looks at, before the edits.
  func unedited(_ state: State) -> User? {
    guard let user = state.user else { return nil }
    if session.users.indices.contains(user) { return .data(user) }
    let place = user - session.users.count
    guard state.own.indices.contains(place) else { return nil }
    let items = items(of: state.own[place])
    return items.isEmpty ? nil : .own(state.own[place].name, items)
  }

  /// The user's interactions; those of an own user were left out of training and have no time.
  func history(of user: User) -> History {
    switch user {
    case .data(let place): session.users[place]
    case .own(let name, let items):
      History(
        user: name, items: items, timestamps: items.indices.map(Double.init), isHeldOut: true)
    case .edited(let base, _): history(of: base)
    }
  }

  func items(of user: OwnUser) -> [Int32] {
    user.items.compactMap { item($0) }
  }

  func item(_ token: String) -> Int32? {
    session.model.items.id(of: token).flatMap { $0 > 0 ? Int32(exactly: $0) : nil }
  }
}
