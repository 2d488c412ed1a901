import AtomicFiles
import Explanation
import Workspace

/// Looks at the model as a whole in the background: counts viewers a portion at a time, and writes
/// a report whenever a quarter more of them have been counted.
struct DiagnosisSurvey {
  private(set) var report: DiagnosisReport?
  /// What the links look like.
  private(set) var links = LinkDiagnosis.unknown
  /// Viewers counted by now, and all of them.
  var counted: (done: Int, of: Int) { (diagnosis.viewerCount, diagnosis.viewerTotal) }

  private let session: Session
  private var diagnosis: ModelDiagnosis
  private var writer: DiagnosisWriter?
  private var countAtReport = 0
  private var isWritten = false

  /// The fewest viewers that a report is about, unless there are no more.
  private static let leastViewers = 12

  init(_ session: Session) {
    self.session = session
    diagnosis = ModelDiagnosis(session)
  }

  /// Does a portion of the work; false if there was none left.
  mutating func work() -> Bool {
    if var writing = writer {
      if !writing.work() {
        report = writing.report
        writer = nil
        return true
      }
      writer = writing
      return true
    }
    if isDue {
      countAtReport = diagnosis.viewerCount
      isWritten = diagnosis.isComplete
      writer = DiagnosisWriter(diagnosis)
      return true
    }
    if diagnosis.work(multiplications: ViewerSurvey.portion) { return true }
    guard links == .unknown else { return false }
    links = Self.links(session)
    return true
  }

  private var isDue: Bool {
    if diagnosis.isComplete { return !isWritten }
    return diagnosis.viewerCount >= max(Self.leastViewers, countAtReport + countAtReport / 4 + 1)
  }

  private static func links(_ session: Session) -> LinkDiagnosis {
    do throws(DataError) {
      guard let names = try LinkNames(session), names.compared > 0 else {
        return .nothingToCompare
      }
      return .compared(
        names.compared, different: names.different.count,
        titles: names.different.prefix(3).map { session.model.itemNames[$0] })
    } catch {
      return .failed("\(error)")
    }
  }
}

extension SceneCache {
  /// The model as a whole, if it is looked at.
  func diagnosisScene(for state: State) -> DiagnosisScene? {
    guard case .diagnosis = state.fullView else { return nil }
    return DiagnosisScene(
      report: diagnosis.report, counted: diagnosis.counted, links: diagnosis.links)
  }

  /// Does a portion of what the view of the model misses; false if it misses nothing.
  func workOnDiagnosis(for state: State) -> Bool {
    guard case .diagnosis = state.fullView else { return false }
    return diagnosis.work()
  }
}
