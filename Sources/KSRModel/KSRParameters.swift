import KSRNumerics

/// Everything that training changes, and the relation vectors, which it never does.
///
/// Names in files are RecBole's `state_dict` names (`ksr.py`), plus `relation_Matrix`, which
/// RecBole keeps outside the state dict.
public struct KSRParameters: Sendable, Equatable {
  /// `item_embedding.weight` [N E]: x_i, of which row 0 is the padding item.
  public var itemEmbedding: Matrix
  /// `entity_embedding.weight` [N K]: e_i, the entity vector of each item.
  package var entityEmbedding: Matrix
  /// `gru_layers.*`: the GRU, lowest layer first.
  public var gru: [GRULayer]
  /// `dense.*`: W_d [K H] and b_d [K], from the state to the attention's query.
  package var dense: LinearMap
  /// `dense_layer_u.*`: W_u [E H+K] and b_u [E], from state and memory to the preference p.
  package var denseLayerU: LinearMap
  /// `dense_layer_i.*`: W_i [E E+K] and b_i [E], from x_i and e_i to the item vector q_i.
  public var denseLayerI: LinearMap
  /// `relation_Matrix` [R K]: the keys r_a of the memory, which never train.
  package var relationMatrix: Matrix
  /// `repeat_bias` [1]: ρ, where the settings ask for it; else empty, as are those that follow.
  package var repeatBias: [Float]
  /// `facts.strength` [R]: l_a, of which softplus makes the strength λ_a of a relation's match.
  package var factStrength: [Float]
  /// `facts.focus` [1]: κ, what a relation's largest match adds to its attention.
  package var factFocus: [Float]
  /// `facts.null_logit` [1]: the logit of the slot that matches nothing.
  package var nullLogit: [Float]

  /// Zeros in the shapes that the settings ask for.
  public init(settings: KSRSettings, itemCount: Int, relationCount: Int) {
    let (e, k, h) = (settings.embeddingSize, settings.kgEmbeddingSize, settings.hiddenSize)
    itemEmbedding = Matrix(rows: itemCount, columns: e)
    entityEmbedding = Matrix(rows: itemCount, columns: k)
    gru = (0..<settings.layerCount).map { GRULayer(inputs: $0 == 0 ? e : h, hidden: h) }
    dense = LinearMap(outputs: k, inputs: h)
    denseLayerU = LinearMap(outputs: e, inputs: h + k)
    denseLayerI = LinearMap(outputs: e, inputs: e + k)
    relationMatrix = Matrix(rows: relationCount, columns: k)
    let facts = settings.memory == .facts
    repeatBias = settings.repeatBias ? [0] : []
    factStrength = Array(repeating: 0, count: facts ? relationCount : 0)
    factFocus = facts ? [0] : []
    nullLogit = facts && settings.nullSlot ? [0] : []
  }

  /// The number of items, the padding item included: N.
  public var itemCount: Int { itemEmbedding.rows }
  /// The number of memory slots: R, the null slot not counted.
  public var relationCount: Int { relationMatrix.rows }

  /// How many numbers there are apart from those by item and by relation; counted, not made, since settings may ask for more than the machine holds.
  package static func weightCount(_ settings: KSRSettings) -> Double {
    let (e, k, h) = (
      Double(settings.embeddingSize), Double(settings.kgEmbeddingSize), Double(settings.hiddenSize)
    )
    let gru = 3 * h * (e + h) + Double(settings.layerCount - 1) * 6 * h * h
    let others =
      (settings.repeatBias ? 1.0 : 0) + (settings.memory != .facts ? 0 : settings.nullSlot ? 2 : 1)
    return others + gru + k * (h + 1) + e * (h + k + 1) + e * (e + k + 1)
  }

  /// A place in the parameters and the name it has in files.
  public struct Entry: Sendable {
    /// RecBole's name of the tensor.
    package let name: String
    /// Its shape, outermost first.
    public let shape: [Int]
    /// Where its elements live.
    public let path: WritableKeyPath<KSRParameters, [Float]> & Sendable
  }

  /// All tensors with their names and shapes, in RecBole's order; then `relation_Matrix`, and
  /// what RecBole's network does not have.
  public var entries: [Entry] {
    func matrix(
      _ name: String, _ matrix: Matrix, _ path: WritableKeyPath<KSRParameters, [Float]> & Sendable
    ) -> Entry {
      Entry(name: name, shape: [matrix.rows, matrix.columns], path: path)
    }
    var result = [
      matrix("item_embedding.weight", itemEmbedding, \.itemEmbedding.values),
      matrix("entity_embedding.weight", entityEmbedding, \.entityEmbedding.values),
    ]
    for (l, layer) in gru.enumerated() {
      result += [
        matrix("gru_layers.weight_ih_l\(l)", layer.inputWeight, \.gru[l].inputWeight.values),
        matrix("gru_layers.weight_hh_l\(l)", layer.hiddenWeight, \.gru[l].hiddenWeight.values),
      ]
    }
    result += [
      matrix("dense.weight", dense.weight, \.dense.weight.values),
      Entry(name: "dense.bias", shape: [dense.bias.count], path: \.dense.bias),
      matrix("dense_layer_u.weight", denseLayerU.weight, \.denseLayerU.weight.values),
      Entry(name: "dense_layer_u.bias", shape: [denseLayerU.bias.count], path: \.denseLayerU.bias),
      matrix("dense_layer_i.weight", denseLayerI.weight, \.denseLayerI.weight.values),
      Entry(name: "dense_layer_i.bias", shape: [denseLayerI.bias.count], path: \.denseLayerI.bias),
      matrix("relation_Matrix", relationMatrix, \.relationMatrix.values),
    ]
    if !repeatBias.isEmpty {
      result.append(Entry(name: "repeat_bias", shape: [1], path: \.repeatBias))
    }
    if !factFocus.isEmpty {
      result += [
        Entry(name: "facts.strength", shape: [factStrength.count], path: \.factStrength),
        Entry(name: "facts.focus", shape: [1], path: \.factFocus),
      ]
    }
    if !nullLogit.isEmpty {
      result.append(Entry(name: "facts.null_logit", shape: [1], path: \.nullLogit))
    }
    return result
  }
}

/// One layer of PyTorch's GRU without biases; gate order reset, update, new.
public struct GRULayer: Sendable, Equatable {
  /// `weight_ih` [3H, inputs].
  package var inputWeight: Matrix
  /// `weight_hh` [3H, H].
  package var hiddenWeight: Matrix

  package init(inputs: Int, hidden: Int) {
    inputWeight = Matrix(rows: 3 * hidden, columns: inputs)
    hiddenWeight = Matrix(rows: 3 * hidden, columns: hidden)
  }
}

/// A linear map with bias: y = W x + b.
public struct LinearMap: Sendable, Equatable {
  /// W [outputs, inputs].
  public var weight: Matrix
  /// b [outputs].
  package var bias: [Float]

  package init(outputs: Int, inputs: Int) {
    weight = Matrix(rows: outputs, columns: inputs)
    bias = Array(repeating: 0, count: outputs)
  }
}
