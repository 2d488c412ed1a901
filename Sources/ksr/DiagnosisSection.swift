import ArgumentParser
import AtomicFiles
import Explanation
import Foundation
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

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
  }

  var text: String {
    var lines = [
      "\(model.all.caseCount) steps kept from training (validation and test) of "
        + "\(model.viewerCount) viewers; intervals of 95 % from resampling viewers"
    ]
    lines += relationLines + [""] + sliceLines
    for (title, viewers) in [("best", model.best), ("worst", model.worst)] where !viewers.isEmpty {
      let of = model.leastSteps > 1 ? ", of \(model.leastSteps) steps or more" : ""
      lines += ["", pad("predicted \(title)\(of)", 34) + "   steps  NDCG@10"]
      lines += viewers.map {
        pad("viewer \(printable($0.user))", 34) + pad("\($0.caseCount)", 8, left: true)
          + pad(decimals($0.ndcg), 9, left: true)
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
      String(
        format: "attention: mean entropy %.4f of at most %.4f over %ld steps read",
        model.meanEntropy, model.largestEntropy, model.stepCount),
      "",
      pad("relation", width)
        + "  mean α  over its steps     leads  mean z  NDCG@10 without it less with it   ranks moved",
    ]
    for relation in model.relations {
      lines.append(
        pad(printable(relation.name), width)
          + "  \(decimals(relation.meanAttention))  \(curve(relation.attentionByPlace))"
          + String(
            format: "  %.4f  %.4f  %+.4f (%+.4f … %+.4f)     %.4f",
            relation.leads, relation.meanGate, relation.change.mean, relation.change.low,
            relation.change.high, relation.moved)
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
    return pad(String(text), DiagnosisReport.placeBins)
  }

  private var sliceLines: [String] {
    [pad("slice", 34) + "   steps   Hit@10  NDCG@10"]
      + ([model.all] + model.slices).map { slice in
        let name = pad(slice.name, 34) + pad("\(slice.caseCount)", 8, left: true)
        guard slice.caseCount > 0 else { return name }
        return name + pad(decimals(slice.hit), 9, left: true)
          + String(
            format: "  %.4f (%.4f … %.4f)", slice.ndcg.mean, slice.ndcg.low, slice.ndcg.high)
      }
  }

  private func decimals(_ value: Double) -> String { String(format: "%.4f", value) }

  private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? space + text : text + space
  }
}
