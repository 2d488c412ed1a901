import AtomicFiles
import KSRModel
import KSRNumerics

/// How like a model's entity vectors are to those of the data, item by item.
///
/// RecBole starts from the data's vectors, so that a model's still resemble them when it was
/// trained further; under wrong identifiers they do not.
struct EntityLikeness {
  /// Whether all are the same: they were not trained.
  let isSame: Bool
  /// The share of items whose vector is nearer to their own in the data than to another item's.
  let ownIsNearer: Double

  /// Compares; nil if there is nothing to compare.
  init?(_ entities: Matrix, _ vocabulary: RecBoleVocabulary) {
    guard let vectors = vocabulary.entityVectors, vectors.width == entities.columns else {
      return nil
    }
    let known = vocabulary.entities.indices.compactMap { item in
      vocabulary.entities[item].flatMap { vectors.tokens.id(of: $0) }.map { (item: item, row: $0) }
    }
    // Two items may be one entity, which tells nothing about them.
    let pairs = zip(known, known.dropFirst() + known.prefix(1)).filter { $0.row != $1.row }
    guard !pairs.isEmpty else { return nil }
    func distance(_ item: Int, _ row: Int) -> Double {
      zip(entities.row(item), vectors[row]).reduce(0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
      }
    }
    isSame = known.allSatisfy { entities.row($0.item).elementsEqual(vectors[$0.row]) }
    let nearer = pairs.count { distance($0.item, $0.row) < distance($0.item, $1.row) }
    ownIsNearer = Double(nearer) / Double(pairs.count)
  }
}
