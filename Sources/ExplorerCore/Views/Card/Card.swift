import Explanation
import KSRModel
import KSRNumerics
import Workspace

package struct Card: Sendable, Equatable {
  package let title: String
  /// Labels and texts; an empty label goes on with the one before.
  package let lines: [Line]

  package struct Line: Sendable, Equatable {
    package let label: String
    package let text: String
  }
}

package enum CardSubject: Hashable, Sendable {
  case item(Int32)
  case model
}

extension Card {
  /// An item: its facts, who watched it, and what the model puts near to it.
  init(
    _ item: Int32, in session: Session, _ nearest: NearestItems,
    words: Terminology = .terms(.unicode)
  ) {
    let model = session.model
    let name = model.itemNames[Int(item)]
    // The name stands above all.
    var lines = session.facts(of: item).filter { $0.value != name }.map {
      Line(label: $0.column.replacing("_", with: " "), text: $0.value)
    }
    for slot in 0..<model.tails.relationCount {
      let names = model.tails.of(item: Int(item), slot: slot).map { model.tails.names[Int($0)] }
      guard !names.isEmpty else { continue }
      lines.append(Line(label: model.relationNames[slot], text: names.joined(separator: ", ")))
    }
    let number = Glyphs.unicode.count
    let count = Int(session.popularity[Int(item)])
    lines.append(
      Line(
        label: "seen",
        text: session.users.isEmpty
          ? "no data"
          : "\(number(count)) times; \(number(session.users.count)) \(model.nouns.user.many) in all"
      ))
    for (place, near) in nearest.nearest(to: item, count: 5).enumerated() {
      let cosine = Glyphs.unicode.share(near.score)
      lines.append(
        Line(
          label: place == 0 ? "nearest" : "",
          text: "\(model.itemNames[Int(near.item)]), \(words.isPlain ? words.cosine : "cosine")"
            + " \(cosine)"))
    }
    lines.append(Line(label: "id", text: model.items[Int(item)]))
    title = name
    self.lines = lines
  }

  /// The model: its settings, where it comes from, and how well it does.
  init(
    _ session: Session, name: String, attention: AttentionSummary?,
    words: Terminology = .terms(.unicode)
  ) {
    let isPlain = words.isPlain
    let model = session.model
    let settings = model.settings
    let number = Glyphs.unicode.count
    var lines = [
      Line(
        label: "data",
        text: model.provenance.dataName.isEmpty ? "unknown" : model.provenance.dataName),
      Line(
        label: isPlain ? "kept back" : "split",
        text: model.provenance.split.words(
          benchmark: (try? model.dataSettings())?.benchmark, nouns: model.nouns)),
      Line(
        label: model.nouns.item.many,
        text: "\(number(model.items.count - 1)), with \(number(model.tails.facts.count))"
          + " known facts of \(number(model.tails.tokens.count)) tails"),
      Line(
        label: "sizes",
        text: isPlain
          ? "numbers for an item \(settings.embeddingSize), for a known fact"
            + " \(settings.kgEmbeddingSize), for the running state \(settings.hiddenSize)"
          : "embedding \(settings.embeddingSize), knowledge \(settings.kgEmbeddingSize), hidden "
            + "\(settings.hiddenSize), layers \(settings.layerCount)"),
      Line(
        label: isPlain ? "reads" : "window",
        text: "\(isPlain ? "the last " : "")\(settings.maxItemListLength) interactions"
          + (isPlain ? "" : " (MAX_ITEM_LIST_LENGTH)")),
      Line(
        label: "memory",
        text: settings.memory == .none
          ? "none"
          : (isPlain ? "" : "\(settings.memory.rawValue), ")
            + "\(model.relations.count) relations, \(isPlain ? words.gamma : "gamma")"
            + " \(settings.gamma)"),
      Line(
        label: isPlain ? "learns" : "loss",
        text: isPlain
          ? settings.loss == .crossEntropy
            ? "the chance of each item to be next" : "which of two items comes sooner"
          : settings.loss.rawValue),
    ]
    for (label, part) in [("test", "test "), ("validation", "valid ")] {
      let metrics = model.provenance.metrics.filter { $0.key.hasPrefix(part) }
        .sorted { $0.key < $1.key }
        .filter { !isPlain || $0.key.hasSuffix("NDCG@10") }
        .map {
          let name = isPlain ? words.ndcg : String($0.key.dropFirst(part.count))
          // The number stays on the line of its name.
          return "\(name)\u{A0}\(Glyphs.unicode.probability(Float($0.value)))"
        }
      let mode = model.provenance.training["eval_args.mode.\(part.dropLast())"]
        .flatMap(CandidateMode.init).map { "; \(Card.words($0, model.nouns))" }
      let label =
        isPlain
        ? part == "test " ? "unseen \(model.nouns.item.many)" : "chosen by" : label
      if !metrics.isEmpty {
        lines.append(Line(label: label, text: metrics.joined(separator: ", ") + (mode ?? "")))
      }
    }
    let jumps = Dictionary(grouping: model.provenance.recoveries) { $0 }.mapValues(\.count)
    if !jumps.isEmpty {
      let epochs = jumps.sorted { $0.key < $1.key }.map { epoch, count in
        count == 1 ? "\(epoch)" : "\(epoch) (\(count) times)"
      }
      lines.append(
        Line(
          label: isPlain ? "went wrong" : "recoveries",
          text: "the loss jumped in epoch \(epochs.joined(separator: ", ")); training went back to"
            + " the epoch before with half the learning rate"))
    }
    let training = model.provenance.training.sorted { $0.key < $1.key }
      .map { "\($0.key)\u{A0}\($0.value)" }
    if !training.isEmpty, !isPlain {
      lines.append(Line(label: "training", text: training.joined(separator: ", ")))
    }
    if let bias = session.network.repeatBias {
      lines.append(
        Line(
          label: isPlain ? "seen before" : "repeat bias",
          text: Glyphs.unicode.signed(bias)
            + " on the score of every \(model.nouns.item.one) of the history"))
    }
    if let attention {
      lines.append(
        Line(
          label: "attention",
          text: (isPlain ? nil : attention.warning)
            ?? (attention.isCollapsed && !attention.followsFacts ? "\(words.collapsed): " : "")
            + "\(words.entropy) \(Glyphs.unicode.decimal(attention.meanEntropy)) of at most "
            + Glyphs.unicode.decimal(attention.largestEntropy)))
    }
    if !isPlain { lines += Card.shapes(session) }
    lines += session.warnings.map { Line(label: "note", text: $0) }
    title = "Model \(name)"
    self.lines = lines
  }
}

extension Card {
  /// What targets were ranked among.
  private static func words(_ mode: CandidateMode, _ nouns: Nouns) -> String {
    let items = nouns.item.many
    return switch mode {
    case .full: "each ranked among all \(items) (full)"
    case .uniform(let count): "each ranked among \(count) \(items) drawn evenly (\(mode.text))"
    case .popularity(let count):
      "each ranked among \(count) \(items) drawn by popularity (\(mode.text))"
    }
  }

  /// The shape of every tensor with its norm.
  static func shapes(_ session: Session) -> [Line] {
    var lines: [Line] = []
    let parameters = session.network.parameters
    for (place, entry) in parameters.entries.enumerated() {
      let values = parameters[keyPath: entry.path]
      let norm = dotProduct(values[...], values[...]).squareRoot()
      let shape = entry.shape.map(String.init).joined(separator: "\u{D7}")
      lines.append(
        Line(
          label: place == 0 ? "tensors" : "",
          text: "\(entry.name) \(shape), norm \(Glyphs.unicode.decimal(norm))"))
    }
    return lines
  }
}
