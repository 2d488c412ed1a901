import AtomicFiles
import ExplorerCore
import KSRModel
import Workspace

/// Which model and data are to be opened, and where in them to begin.
struct OpenRequest {
  var model: String?
  var data: String?
  var viewer: String?
  var step: Int?

  /// The files that the request leads to.
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
        throw OpeningFailure(
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
        throw OpeningFailure(
          "\(model): no such file. Train a model on this data with: ksr train --data \(folder.path)"
            + " --output \(model)")
      }
      return Files(model: model, data: folder.path)
    }
  }

  /// Reads model and data.
  func open() throws -> SceneCache {
    let files = try files()
    let model = try TrainedModel.read(path: files.model)
    let name = Paths.stem(files.model)
    if let data = files.data {
      return SceneCache(try Session(model, folder: try AtomicFolder(path: data)), name: name)
    }
    // A model alone: its data, if that lies beside it.
    let beside = "\(Paths.parent(files.model))/\(model.provenance.dataName)"
    guard !model.provenance.dataName.isEmpty, Paths.isFolder(beside) else {
      return SceneCache(Session(model), name: name)
    }
    return SceneCache(try Session(model, folder: try AtomicFolder(path: beside)), name: name)
  }

  /// The viewer and the step to begin with.
  func start(in session: Session) throws -> (viewer: Int?, step: Int) {
    guard !session.viewers.isEmpty else {
      if let viewer {
        throw OpeningFailure("There is no viewer \(quoted(viewer)): the model was opened without data.")
      }
      return (nil, 0)
    }
    guard let viewer else {
      let start = FirstLook.find(in: session)
      return (start.viewer, try self.step(session.viewers[start.viewer]) ?? start.step)
    }
    guard let place = session.viewers.firstIndex(where: { $0.user == viewer }) else {
      let some = session.viewers.prefix(3).map { quoted($0.user) }.joined(separator: ", ")
      throw OpeningFailure(
        "There is no viewer \(quoted(viewer)) among the \(session.viewers.count) of"
          + " \(session.folder?.name ?? "the data"); the first are \(some).")
    }
    let history = session.viewers[place]
    return (place, try step(history) ?? max(0, history.count - 2))
  }

  private func step(_ history: History) throws -> Int? {
    guard let step else { return nil }
    guard (1...history.count).contains(step) else {
      throw OpeningFailure(
        "There is no step \(step): viewer \(quoted(history.user)) has steps 1 to \(history.count).")
    }
    return step - 1
  }
}
