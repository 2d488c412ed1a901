import AtomicFiles
import Explanation
import KSRNumerics
import Text
import Workspace

/// Looks at the model as a whole in the background: counts users a portion at a time, and writes
/// a report whenever a quarter more of them have been counted.
struct DiagnosisSurvey {
  private(set) var report: DiagnosisReport?
  private(set) var links = LinkDiagnosis.unknown
  var counted: (done: Int, of: Int) { (diagnosis.userCount, diagnosis.userTotal) }

  private let session: Session
  private var diagnosis: ModelDiagnosis
  private var writer: DiagnosisWriter?
  private var countAtReport = 0
  private var isWritten = false

  /// The fewest users that a report is about, unless there are no more.
  private static let leastUsers = 12

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
      countAtReport = diagnosis.userCount
      isWritten = diagnosis.isComplete
      writer = DiagnosisWriter(diagnosis)
      return true
    }
    if diagnosis.work(multiplications: UserSurvey.portion) { return true }
    guard links == .unknown else { return false }
    links = Self.links(session)
    return true
  }

  private var isDue: Bool {
    if diagnosis.isComplete { return !isWritten }
    return diagnosis.userCount >= max(Self.leastUsers, countAtReport + countAtReport / 4 + 1)
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

/// The survey that goes on whenever the model is looked at as a whole.
private final class DiagnosisCache: ViewCache {
  var survey: DiagnosisSurvey

  init(_ cache: SceneCache) { survey = DiagnosisSurvey(cache.session) }
}

extension Scene {
  package internal(set) var diagnosis: DiagnosisScene? {
    get { self[DiagnosisScene.self] }
    set { self[DiagnosisScene.self] = newValue }
  }
}

extension DiagnosisView {
  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard selection.state.view(DiagnosisView.self) != nil else { return }
    let survey = selection.cache.kept(DiagnosisCache.self).survey
    scene.diagnosis = DiagnosisScene(
      report: survey.report, counted: survey.counted, links: survey.links,
      nouns: scene.model.nouns,
      followsFacts: selection.cache.session.model.settings.memory == .facts)
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    turn == .first && selection.state.view(DiagnosisView.self) != nil
      && selection.cache.kept(DiagnosisCache.self).survey.work()
  }

  func export(_ scene: Scene) -> ViewExport {
    var export = ViewExport(title: "the model as a whole", name: ["model"])
    if scene.diagnosis?.report == nil {
      export.refusal = Toast("Nothing has been counted yet; o writes it when it has")
    }
    export.json = { _ throws(UserError) in
      guard let document = scene.diagnosis.flatMap(DiagnosisDocument.init) else { return nil }
      return try JSON.text(document)
    }
    export.svg = { _ in scene.diagnosis?.report.map { Self.figure($0, scene.model) } }
    return export
  }

  private static func figure(_ report: DiagnosisReport, _ model: ModelScene) -> String {
    var figure = RowFigure(
      title: "Model \(model.name) as a whole",
      notes: [
        model.nouns.fill(
          "\(report.userCount) of \(report.userTotal) {users}, \(report.all.caseCount) steps left out of"
            + " training; intervals are 95 %, over whole {users}.")
      ])
    func text(_ interval: MeanInterval) -> String {
      "\(decimal(interval.mean, places: 4)) (\(decimal(interval.low, places: 4)) …"
        + " \(decimal(interval.high, places: 4)))"
    }
    if !report.relations.isEmpty {
      figure.add(
        "a", "mean attention α", .bar, numbers: "α, leads",
        report.relations.map {
          .init(
            name: $0.name, value: $0.meanAttention,
            text: "\(decimal($0.meanAttention, places: 3)), \(MapPage.percent($0.leads))")
        })
      figure.add(
        "b", "change of NDCG@10 without the relation", .dot, numbers: "change (95 %)",
        report.relations.map {
          .init(
            name: $0.name, value: $0.change.mean, interval: .init($0.change), text: text($0.change))
        })
    }
    figure.add(
      report.relations.isEmpty ? "a" : "c", "NDCG@10 of parts of the steps", .dot,
      numbers: "NDCG@10 (95 %)",
      ([report.all] + report.slices).map {
        .init(
          name: model.nouns.fill($0.name), value: $0.caseCount > 0 ? $0.ndcg.mean : nil,
          interval: .init($0.ndcg), text: $0.caseCount > 0 ? text($0.ndcg) : "no steps")
      })
    return figure.text
  }
}

/// The model as a whole as JSON, as `ksr evaluate --diagnose --json` prints it.
struct DiagnosisDocument: Encodable {
  /// What the names of items and entities say of the links.
  struct Links: Encodable {
    let compared, different: Int
    /// Titles of some that look wrong.
    let titles: [String]
  }

  let model: DiagnosisReport
  let links: Links?

  /// Nil before anything has been counted.
  init?(_ scene: DiagnosisScene) {
    guard let report = scene.report else { return nil }
    model = report
    if case .compared(let compared, let different, let titles) = scene.links {
      links = Links(compared: compared, different: different, titles: titles)
    } else {
      links = nil
    }
  }
}
