import AtomicFiles
import Glibc
import KSRModel
import Workspace

/// What is known of a training run that is being watched.
public struct WatchStatus: Equatable, Sendable {
  package let path: String
  /// The epochs so far; nil before the first.
  package internal(set) var epochs: EpochTable?
  /// What cannot be read, in a sentence.
  package internal(set) var problem: String?
  /// The metric that the best epoch is chosen by.
  var metric: String?
  /// Its value on the validation part, for the model that is shown.
  var shownValue: Double?
  var epochLimit: Int?

  package init(path: String) { self.path = path }

  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// Follows the two files of a training run, MODEL and MODEL.history.csv, by looking at them.
///
/// A file counts as another one when its inode, size or time of change differs: training writes
/// beside it and renames, so what is read is whole. What cannot be read leaves what was there.
package struct RunWatcher: Sendable {
  package private(set) var status: WatchStatus
  private var modelStamp: FileStamp?
  private var historyStamp: FileStamp?
  private var hasModel = false
  private var modelProblem: String?
  private var historyProblem: String?

  /// Two looks are at least so many milliseconds apart.
  package static let milliseconds = 250

  /// Watches a model file that may not be there yet.
  package init(path: String) { status = WatchStatus(path: path) }

  /// Looks at both files.
  ///
  /// - Returns: the model, if another one is there and can be read.
  package mutating func look() -> TrainedModel? {
    lookAtHistory()
    let model = lookAtModel()
    status.problem = modelProblem ?? historyProblem
    return model
  }

  /// Says that a model could be read but not be shown, and why.
  package mutating func refuse(because sentence: String) {
    modelProblem = sentence
    status.problem = sentence
  }

  private mutating func lookAtHistory() {
    let path = EpochTable.path(besideModel: status.path)
    let stamp = FileStamp(path)
    guard stamp != historyStamp else { return }
    historyStamp = stamp
    historyProblem = nil
    guard stamp != nil else { return }
    do throws(DataError) {
      status.epochs = try EpochTable.read(path)
    } catch {
      historyProblem = "\(error)"
    }
  }

  private mutating func lookAtModel() -> TrainedModel? {
    // Before the file is read: if it changes meanwhile, the next look notices.
    let stamp = FileStamp(status.path)
    guard stamp != modelStamp else { return nil }
    modelStamp = stamp
    guard stamp != nil else {
      modelProblem = hasModel ? "\(printable(status.name)) is gone; the last one stays" : nil
      return nil
    }
    do throws(CheckpointError) {
      let model = try TrainedModel.read(path: status.path)
      modelProblem = nil
      hasModel = true
      take(model)
      return model
    } catch {
      // The name alone: a long path would leave no room for what is wrong.
      modelProblem =
        (hasModel ? "The last one stays: " : "") + "\(printable(status.name)): \(error.detail)."
      return nil
    }
  }

  private mutating func take(_ model: TrainedModel) {
    let training = model.provenance.training
    status.epochLimit = training["epochs"].flatMap { Int($0) }
    status.metric = training["valid_metric"]
    let metrics = model.provenance.metrics
    let wanted = "valid \(status.metric ?? "NDCG@10")".lowercased()
    status.shownValue = metrics.first { $0.key.lowercased() == wanted }?.value
  }
}

/// What tells one version of a file from another.
struct FileStamp: Equatable, Sendable {
  private let inode: UInt64
  private let size: Int64
  private let seconds: Int
  private let nanoseconds: Int

  /// The stamp of a file; nil if there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
