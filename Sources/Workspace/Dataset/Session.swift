import AtomicFiles
import KSRModel
import KSRNumerics

/// A model and the histories to look at with it, joined by token.
public struct Session: Sendable {
  /// The model.
  public let model: TrainedModel
  /// Its network, ready to read.
  public let network: KSRNetwork
  /// The folder the histories come from; nil for a model alone.
  public let folder: AtomicFolder?
  /// Whether the users were made up by a program: the folder holds NAME.truth, which says why each
  /// of them chose what they chose.
  package var isSimulated: Bool { folder?.has("truth") ?? false }
  /// The users, in the order of the data; items are the model's identifiers.
  package let users: Histories
  /// How many of the users watched each item, by item identifier.
  package let popularity: [Int32]
  /// Facts about the items for the item card: columns of NAME.item and their values.
  package let attributes: AttributeTable?
  /// What a person should know about this data with this model, a sentence each.
  package let warnings: [String]

  /// A model without data.
  package init(_ model: TrainedModel) {
    self.model = model.named(by: nil)
    network = KSRNetwork(model)
    folder = nil
    users = Histories([])
    popularity = Array(repeating: 0, count: model.items.count)
    attributes = nil
    warnings = []
  }

  /// A model with the histories of a data folder.
  ///
  /// The folder is read as it was for the training: the settings of the data are in the model file.
  /// Interactions with items that the model does not know are left out and counted in a warning.
  public init(_ model: TrainedModel, folder: AtomicFolder) throws(DataError) {
    let settings = try model.dataSettings()
    var formed = folder
    formed.form = settings.form
    // The two largest files at once.
    let (kept, attributes) = try both { [formed] () throws(DataError) in
      try KeptInteractions(formed, settings)
    } _: { [formed] () throws(DataError) in
      formed.has("item") ? try AttributeTable.items(of: formed) : nil
    }
    let (folder, interactions) = (kept.folder, kept.interactions)
    let identifier = model.items.ids(of: interactions.items)
    self.attributes = attributes
    self.model = model.named(by: attributes)
    network = KSRNetwork(model)
    self.folder = folder
    users = Histories(kept, split: model.provenance.split) { item in
      identifier[item] > 0 ? identifier[item] : nil
    }
    popularity = users.popularity(itemCount: model.items.count)
    var isUnknown = [Bool](repeating: false, count: identifier.count)
    for item in interactions.item where identifier[Int(item)] <= 0 { isUnknown[Int(item)] = true }
    let unknown = isUnknown.indices.filter { isUnknown[$0] }
    let cause: String? = spellingDifference(
      of: unknown.map { interactions.items[$0] }.sorted(),
      from: model.items.tokens.dropFirst(),
      in: "the model")
    let dropped = interactions.count - users.interactionCount
    guard dropped < interactions.count else {
      throw DataError(
        file: folder.file("inter"),
        found: interactions.count == 0 ? "no interactions" : "no item that the model knows",
        expected: "the items of \(model.provenance.dataName), which it was trained on"
          + (cause.map { ". \($0.dropLast())" } ?? ""))
    }
    var warnings: [String] = []
    if dropped > 0 {
      warnings.append(
        "\(dropped) interactions with \(unknown.count) items unknown to the model are left out."
          + (cause.map { " \($0)" } ?? ""))
    }
    let split = model.provenance.split
    let known = model.provenance.trainingDigest
    if !known.isEmpty, known != users.trainingDigest(split, items: model.items) {
      warnings.append(
        "The training interactions differ from those the model was trained on: "
          + "what is marked valid or test may have been trained on.")
    }
    if attributes == nil, self.model.itemNames.dropFirst().contains(where: { $0.first == "#" }) {
      warnings.append(
        "There is no \(folder.name).item with the items' names: #742 is the item 742.")
    }
    self.warnings = warnings + (attributes?.warnings ?? []).map(\.description)
  }

  /// The same histories with another model: a better one of the same training run.
  ///
  /// Where it has other items or another split, the data is read again.
  public func reading(_ model: TrainedModel) throws(DataError) -> Session {
    guard model.items == self.model.items, model.provenance.split == self.model.provenance.split,
      model.provenance.trainingDigest == self.model.provenance.trainingDigest
    else {
      guard let folder else { return Session(model) }
      return try Session(model, folder: folder)
    }
    return Session(model, sharing: self)
  }

  private init(_ model: TrainedModel, sharing other: Session) {
    self.model = model.named(by: other.attributes)
    network = KSRNetwork(model)
    folder = other.folder
    users = other.users
    popularity = other.popularity
    attributes = other.attributes
    warnings = other.warnings
  }

  /// The mark of interaction `step` (from 0) of a user, as a thing to predict.
  package func mark(of user: History, step: Int) -> SplitMark {
    model.provenance.split.mark(step: step, of: user)
  }

  /// The values of an item's columns in NAME.item.
  public func facts(of item: Int32) -> [(column: String, value: String)] {
    guard let attributes, let row = attributes.ids.id(of: model.items[Int(item)]) else { return [] }
    return attributes.columns.compactMap { column in
      attributes.value(column, of: row).map { (column, $0) }
    }
  }

  /// The item's year, where the data tells it and its name does not.
  package func year(of item: Int32) -> Int? {
    guard let attributes, let row = attributes.ids.id(of: model.items[Int(item)]) else {
      return nil
    }
    return attributes.year(of: row).flatMap {
      model.itemNames[Int(item)].contains("(\($0))") ? nil : $0
    }
  }
}

extension TrainedModel {
  /// The model with the names that NAME.item gives its items today; those without one keep theirs.
  ///
  /// A token of digits for want of a name is shown as #742, so that it is not taken for a number.
  fileprivate func named(by attributes: AttributeTable?) -> TrainedModel {
    var model = self
    let items = items
    model.itemNames = itemNames.shown { (item, name) in
      let token = items[item]
      if let title = attributes?.title(ofToken: token) { return title }
      let isNumber = !token.isEmpty && token.utf8.allSatisfy { (48...57).contains($0) }
      return name == token && isNumber ? "#" + token : name
    }
    return model
  }
}
