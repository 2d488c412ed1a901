import AtomicFiles
import Explanation
import ExplorerCore
import KSRModel
import Text
import Workspace

/// Which model and data are to be opened, and where in them to begin.
struct OpenRequest {
  var model: String?
  var data: String?
  var user: String?
  var step: Int?
  var edit: String?
  var compare: String?
  var pin: String?
  var map: String?
  var items: String?

  struct Files {
    let model: String
    /// The data folder; nil for a model alone.
    let data: String?
  }

  /// The model file and the data folder; of what was not named, the bundled one or what lies beside.
  func files() throws -> Files {
    switch (model, data) {
    case (nil, nil):
      let bundled = try BundledFiles.find()
      guard Paths.isFile(bundled.model) else {
        throw UserError(
          "\(bundled.model): no such file. Train it with: ksr train --data \(bundled.data)"
            + " --output \(bundled.model)")
      }
      return Files(model: bundled.model, data: bundled.data)
    case (let model?, let data?): return Files(model: model, data: data)
    case (let model?, nil): return Files(model: model, data: nil)
    case (nil, let data?):
      let folder = try AtomicFolder(path: data)
      let model = "\(folder.path)/\(folder.name).safetensors"
      guard Paths.isFile(model) else {
        throw UserError(
          "\(model): no such file. Train a model on this data with: ksr train --data \(folder.path)"
            + " --output \(model)")
      }
      return Files(model: model, data: folder.path)
    }
  }

  /// The model out of a file of any kind.
  func openModel() throws -> OpenedModel {
    let files = try files()
    return try OpenedModel(path: files.model, data: files.data)
  }

  /// What the bundled model is compared with when nobody has said.
  private func bundledComparison() -> String? {
    guard model == nil, data == nil, let linear = try? BundledFiles.find().linearModel,
      Paths.isFile(linear)
    else { return nil }
    return linear
  }

  /// Reads the data that goes with a model.
  func open(_ model: TrainedModel) throws -> SceneCache {
    let files = try files()
    let name = Paths.stem(files.model)
    let compared = try (compare ?? bundledComparison()).map {
      ComparedModel(
        try OpenedModel(path: $0, data: files.data).model, name: Paths.stem($0), path: $0,
        with: model)
    }
    var command = ["ksr-tui"]
    if let model = self.model { command.append(model) }
    if let data = self.data { command += ["--data", data] }
    func cache(_ session: Session) -> SceneCache {
      SceneCache(session, name: name, command: command, compared: compared)
    }
    if let data = files.data {
      return cache(try Session(model, folder: try AtomicFolder(path: data)))
    }
    // A model alone: its data, if that lies beside it.
    let beside = "\(Paths.parent(files.model))/\(model.provenance.dataName)"
    guard !model.provenance.dataName.isEmpty, Paths.isFolder(beside) else {
      return cache(Session(model))
    }
    return cache(try Session(model, folder: try AtomicFolder(path: beside)))
  }

  /// The first state with the edits and the comparison that were asked for.
  func opened(_ state: State, in cache: SceneCache) throws -> State {
    var state = state
    if let edit {
      let script: EditScript
      do throws(UserError) { script = try EditScript(parsing: edit) } catch {
        throw UserError("--\(error)")
      }
      state = try cache.editing(state, script, step: step)
    }
    if let pin {
      let request: PinRequest
      do throws(UserError) { request = try PinRequest(parsing: pin) } catch {
        throw UserError("--pin \(error)")
      }
      state = try cache.pinning(state, request)
    }
    return compare == nil ? state : state.comparingModels()
  }

  /// The user whom the items asked for make, if there are any.
  func ownUser(in cache: SceneCache) throws -> OwnUser? {
    guard let items else { return nil }
    let model = cache.session.model
    let found = try ItemLookup(model).items(items)
    guard !found.isEmpty else {
      throw UserError("--items names no item: give one at least, by token or by title.")
    }
    _ = try step(upTo: found.count, of: user ?? "me")
    return OwnUser(name: user ?? "me", items: found.map { model.items[Int($0)] })
  }

  func mapped(_ state: State, in cache: SceneCache) throws -> State {
    try map.map { try cache.mapping(state, MapRequest(parsing: $0)) } ?? state
  }

  /// The user and the step to begin with: those asked for, else those kept, else those that show
  /// something.
  func start(in cache: SceneCache, _ keeper: StateKeeper) throws -> (user: Int?, step: Int) {
    var state = State(size: Size(columns: 1, rows: 1))
    keeper.restore(&state)
    let histories = cache.session.users
    if let user {
      if histories.place(of: user) == nil,
        let place = keeper.ownUser(user, in: state)
      {
        let count = state.own[place - histories.count].items.count
        return (place, try step(upTo: count, of: user) ?? count - 1)
      }
    } else if let place = keeper.place(in: state) {
      if histories.indices.contains(place.user) {
        let history = histories[place.user]
        return (place.user, try step(history) ?? min(place.step, history.count - 1))
      }
      let own = state.own[place.user - histories.count]
      return (
        place.user,
        try step(upTo: own.items.count, of: own.name) ?? min(place.step, own.items.count - 1)
      )
    }
    return try start(in: cache)
  }

  /// The user and the step to begin with where nothing is kept.
  func start(in cache: SceneCache) throws -> (user: Int?, step: Int) {
    let session = cache.session
    guard !session.users.isEmpty else {
      if let user {
        throw UserError(
          "There is no user \(quoted(user)): the model was opened without data.")
      }
      return (nil, 0)
    }
    guard let user else {
      guard let start = cache.firstLook() else { return (nil, 0) }
      return (start.user, try self.step(session.users[start.user]) ?? start.step)
    }
    guard let place = session.users.place(of: user) else {
      let some = session.users.prefix(3).map { quoted($0.user) }.joined(separator: ", ")
      throw UserError(
        "There is no user \(quoted(user)) among the \(session.users.count) of"
          + " \(session.folder?.name ?? "the data"); the first are \(some).")
    }
    let history = session.users[place]
    return (place, try step(history) ?? max(0, history.count - 2))
  }

  private func step(_ history: History) throws -> Int? {
    try step(upTo: history.count, of: history.user)
  }

  private func step(upTo count: Int, of user: String) throws -> Int? {
    // With edits the step is one of what they leave.
    guard let step, edit == nil else { return nil }
    guard (1...count).contains(step) else {
      throw UserError(
        "There is no step \(step): user \(quoted(user)) has steps 1 to \(count).")
    }
    return step - 1
  }
}
