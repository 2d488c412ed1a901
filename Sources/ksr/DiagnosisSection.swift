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
    guard diagnosis.userTotal > 0 else {
      throw ValidationError("No user has an interaction held out of training.")
    }
    let line = LiveLines()
    while diagnosis.work(multiplications: 200_000_000) {
      line.show(["users evaluated: \(diagnosis.userCount)/\(diagnosis.userTotal)"])
    }
    line.clear()
    model = diagnosis.report
    Console.note("evaluated \(diagnosis.userCount) users in \(duration(line.seconds))")
  }

  var text: String {
    var lines = [
      "\(model.all.caseCount) held-out steps (validation and test) of "
        + "\(model.userCount) users; intervals of 95 % from resampling users"
    ]
    lines += relationLines + [""] + sliceLines
    for (title, users) in [("best", model.best), ("worst", model.worst)] where !users.isEmpty {
      let of = model.leastSteps > 1 ? ", of \(model.leastSteps) steps or more" : ""
      var table = TextTable([
        .left("predicted \(title)\(of)", width: 34), .right("steps", width: 6), .right("NDCG@10"),
      ])
      for user in users {
        table.add(["user \(printable(user.user))", "\(user.caseCount)", fixed(user.ndcg)])
      }
      lines += [""] + table.lines
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
    lines.append("\(model.itemsWithoutFacts) of \(model.itemCount) items have no facts")
    return lines.joined(separator: "\n")
  }

  private var relationLines: [String] {
    guard !model.relations.isEmpty else { return ["", "The model has no memory."] }
    var table = TextTable([
      .left("relation", width: 10), .right("mean α"), .left("over its steps"), .right("leads"),
      .right("mean z"), .left("NDCG@10 without it less with it"), .right("ranks moved"), .left(),
    ])
    for relation in model.relations {
      let change = relation.change
      table.add([
        printable(relation.name), fixed(relation.meanAttention),
        curve(relation.attentionByPlace), fixed(relation.leads), fixed(relation.meanGate),
        fixed((change.mean, change.low, change.high), signed: true), fixed(relation.moved),
        relation.neverMatters ? "never matters" : "",
      ])
    }
    let entropy =
      "attention: mean entropy \(fixed(model.meanEntropy)) of at most "
      + "\(fixed(model.largestEntropy)) over \(model.stepCount) steps read"
    let null = model.nullSlot.map { ["the null slot takes \(fixed($0)) of the attention"] } ?? []
    return [entropy] + null + [""] + table.lines
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
    var table = TextTable([
      .left("slice", width: 34), .right("steps", width: 6), .right("Hit@10"), .left("NDCG@10"),
    ])
    for slice in [model.all] + model.slices {
      let ndcg = slice.ndcg
      table.add(
        [slice.name, "\(slice.caseCount)"]
          + (slice.caseCount > 0
            ? [fixed(slice.hit), fixed((ndcg.mean, ndcg.low, ndcg.high))] : []))
    }
    return table.lines
  }
}
