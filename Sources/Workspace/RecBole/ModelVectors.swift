import AtomicFiles
import KSRModel
import KSRNumerics

/// Vectors of a model with what each of them is, as the TensorBoard projector reads them.
package struct ModelVectors: Sendable {
  package let vectors: Matrix
  /// The names of the metadata's columns; two at least, since the projector takes a single column to
  /// have no header.
  package let columns: [String]
  /// The metadata of each vector.
  package let rows: [[String]]

  /// q_i of every item, with which scores are made.
  package static func items(of network: KSRNetwork, _ model: TrainedModel) -> ModelVectors {
    let ids = 1..<max(1, model.items.count)
    return ModelVectors(
      vectors: network.itemVectors.suffix(from: 1), columns: ["item_id", "name"],
      rows: ids.map { [model.items[$0], model.itemNames[$0]] })
  }

  /// e_i of every item, then the vectors of the known tails, where the model has them.
  ///
  /// Where entity vectors were trained, those of the items moved on and those of the tails did not.
  package static func entities(of model: TrainedModel) -> ModelVectors {
    var vectors = model.parameters.entityEmbedding.suffix(from: 1)
    var rows = (1..<max(1, model.items.count)).map {
      [model.items[$0], model.itemNames[$0], "item"]
    }
    if let tails = model.tails.vectors {
      // The embeddings need not hold all tails; zeros stand for the others.
      let known = (0..<tails.rows).filter { tails.row($0).contains { $0 != 0 } }
      vectors = Matrix(
        rows: vectors.rows + known.count, columns: vectors.columns,
        values: vectors.values + known.flatMap { tails.row($0) })
      rows += known.map { [model.tails.tokens[$0], model.tails.names[$0], "tail"] }
    }
    return ModelVectors(vectors: vectors, columns: ["id", "name", "kind"], rows: rows)
  }

  /// h_t of every user after the last interaction.
  package static func states(of session: Session) -> ModelVectors {
    let model = session.model
    var values: [Float] = []
    var rows: [[String]] = []
    for history in session.users {
      guard let last = history.items.last else { continue }
      let states = HistoryStates(network: session.network, items: history.items)
      let (trace, row) = states.pass(through: history.count - 1)
      values += trace.states.row(row)
      let attention = trace.attention.row(row)
      let strongest = attention.indices.max { attention[$0] < attention[$1] }
      rows.append([
        history.user, "\(history.count)", model.itemNames[Int(last)],
        strongest.map { model.relationNames[$0 - attention.startIndex] } ?? "none",
      ])
    }
    return ModelVectors(
      vectors: Matrix(
        rows: rows.count, columns: model.settings.hiddenSize, values: values),
      columns: ["user_id", "interactions", "last item", "strongest attention"], rows: rows)
  }

  /// The vectors as text: a line each, tabs between numbers, no header.
  package var vectorText: String {
    var text = ""
    for row in 0..<vectors.rows {
      text += vectors.row(row).map(\.description).joined(separator: "\t") + "\n"
    }
    return text
  }

  /// The metadata as text: a header and a line for each vector.
  package var metadataText: String {
    ([columns] + rows).map { $0.map(Self.field).joined(separator: "\t") + "\n" }.joined()
  }

  /// A text on one line and in one column, whatever it holds.
  private static func field(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}

extension Matrix {
  /// The rows from one on.
  fileprivate func suffix(from row: Int) -> Matrix {
    let first = min(row, rows)
    return Matrix(
      rows: rows - first, columns: columns, values: withValues { Array($0[(first * columns)...]) })
  }
}
