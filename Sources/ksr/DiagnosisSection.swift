import ArgumentParser
import AtomicFiles
import Explanation
import Text
import Workspace

/// The model as a whole, as `ksr evaluate --diagnose` prints it.
struct DiagnosisSection: Encodable {
  /// What the names of items and entities say of the links.
  struct Links: Encodable {
    /// Links whose title and entity name are both known.
    let compared: Int
    /// Those of them that look wrong: names without anything in common.
    let different: Int
    /// Tokens of the items of those.
    let items: [String]
  }

  let model: DiagnosisReport
  /// Nil where the data has no titles or no names of entities.
  let links: Links?

  init(_ session: Session) throws {
    let names = try LinkNames(session)
    links = names.map { names in
      Links(
        compared: names.compared, different: names.different.count,
        items: names.different.map { session.model.items[$0] })
    }
    var diagnosis = ModelDiagnosis(session)
    guard diagnosis.viewerTotal > 0 else {
      throw ValidationError("No viewer has an interaction that was kept from training.")
    }
    let line = ProgressLine()
    while diagnosis.work(multiplications: 200_000_000) {
      line.show("viewers counted: \(diagnosis.viewerCount)/\(diagnosis.viewerTotal)")
    }
    line.clear()
    model = diagnosis.report
    Console.note("counted \(diagnosis.viewerCount) viewers in \(duration(line.seconds))")
  }

  var text: String {
    var lines = [
      "\(model.all.caseCount) steps kept from training (validation and test) of "
        + "\(model.viewerCount) viewers; intervals of 95 % from resampling viewers"
    ]
    lines += relationLines + [""] + sliceLines
    for (title, viewers) in [("best", model.best), ("worst", model.worst)] where !viewers.isEmpty {
      let of = model.leastSteps > 1 ? ", of \(model.leastSteps) steps or more" : ""
      lines += ["", "predicted \(title)\(of)".filled(to: 34) + "   steps  NDCG@10"]
      lines += viewers.map {
        "viewer \(printable($0.user))".filled(to: 34) + "\($0.caseCount)".filled(to: 8, .right)
          + fixed($0.ndcg).filled(to: 9, .right)
      }
    }
    lines.append("")
    if let links {
      let some = links.items.prefix(5).map { printable($0) }.joined(separator: ", ")
      lines.append(
        "\(links.different) of \(links.compared) links look wrong (title against entity name)"
          + (some.isEmpty ? "" : ": \(some)"))
    } else {
      lines.append("Links cannot be compared: titles or names of entities are missing.")
    }
    lines.append("\(model.itemsWithoutFacts) of \(model.itemCount) items carry no fact")
    return lines.joined(separator: "\n")
  }

  private var relationLines: [String] {
    guard !model.relations.isEmpty else { return ["", "The model has no memory."] }
    let width = max(10, model.relations.map(\.name.count).max() ?? 0)
    var lines = [
      "attention: mean entropy \(fixed(model.meanEntropy)) of at most \(fixed(model.largestEntropy)) "
        + "over \(model.stepCount) steps read",
      "",
      "relation".filled(to: width)
        + "  mean α  over its steps     leads  mean z  NDCG@10 without it less with it   ranks moved",
    ]
    for relation in model.relations {
      let change = relation.change
      lines.append(
        printable(relation.name).filled(to: width)
          + "  \(fixed(relation.meanAttention))  \(curve(relation.attentionByPlace))"
          + "  \(fixed(relation.leads))  \(fixed(relation.meanGate))  "
          + fixed((change.mean, change.low, change.high), signed: true)
          + "     \(fixed(relation.moved))"
          + (relation.neverMatters ? "  never matters" : ""))
    }
    return lines
  }

  /// How α changes over the places of the steps, as a share of the largest: `█▇▅…`.
  private func curve(_ values: [Double?]) -> String {
    let signs = Array("▁▂▃▄▅▆▇█")
    let most = values.compactMap { $0 }.max() ?? 0
    let text = values.map { value -> Character in
      guard let value, most > 0 else { return " " }
      return signs[min(7, max(0, Int((value / most * 7).rounded())))]
    }
    return String(text).filled(to: DiagnosisReport.placeBins)
  }

  private var sliceLines: [String] {
    ["slice".filled(to: 34) + "   steps   Hit@10  NDCG@10"]
      + ([model.all] + model.slices).map { slice in
        let name = slice.name.filled(to: 34) + "\(slice.caseCount)".filled(to: 8, .right)
        guard slice.caseCount > 0 else { return name }
        return name + fixed(slice.hit).filled(to: 9, .right)
          + "  " + fixed((slice.ndcg.mean, slice.ndcg.low, slice.ndcg.high))
      }
  }
}
