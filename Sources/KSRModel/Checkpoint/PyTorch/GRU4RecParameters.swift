import AtomicFiles
import KSRNumerics

/// The models of RecBole whose parameters are read, under RecBole's names.
package enum RecBoleModel: String, Sendable, CaseIterable {
  case ksr = "KSR"
  case gru4Rec = "GRU4Rec"
}

/// RecBole's GRU4Rec (`gru4rec.py`) as a KSR network without memory.
///
///     p = W_d h + b_d,    score_i = p · x_i
///
/// So W_uh is its `dense`, W_i is the identity on x_i, and the entity vectors are one column of
/// zeros, which nothing reads.
extension StateDict {
  /// Whose parameters these are, by what only one of the models has.
  package var model: RecBoleModel {
    let hasGraph = tensors.contains {
      $0.name.hasPrefix("entity_embedding.") || $0.name.hasPrefix("dense_layer_")
        || $0.name == "relation_Matrix"
    }
    let hasGRU = ["item_embedding.weight", "gru_layers.weight_ih_l0", "dense.weight"]
      .allSatisfy { self[$0] != nil }
    return hasGRU && !hasGraph ? .gru4Rec : .ksr
  }

  /// The settings of GRU4Rec, completed with what the shapes tell.
  func gru4RecSettings(completing others: KSRSettings) -> KSRSettings {
    var settings = others
    settings.kgEmbeddingSize = 1
    settings.memory = .none
    settings.hasPadRelation = false
    settings.freezesKnowledgeGraph = true
    return settings
  }

  /// The parameters under the names and in the shapes of ours.
  func gru4RecParameters(_ settings: KSRSettings) throws(CheckpointError) -> KSRParameters {
    var result = KSRParameters(settings: settings, itemCount: itemCount, relationCount: 0)
    let (e, h) = (settings.embeddingSize, settings.hiddenSize)
    for tensor in tensors {
      try checkFinite(tensor.values, tensor: tensor.name, file: file)
      switch tensor.name {
      case "dense.weight":
        for row in 0..<e {
          for column in 0..<h {
            result.denseLayerU.weight[row, column] = tensor.values[row * h + column]
          }
        }
      case "dense.bias": result.denseLayerU.bias = tensor.values
      default:
        guard let entry = result.entries.first(where: { $0.name == tensor.name }) else { continue }
        result[keyPath: entry.path] = tensor.values
      }
    }
    for k in 0..<e { result.denseLayerI.weight[k, k] = 1 }
    return result
  }

  /// The tensors that GRU4Rec has.
  static func gru4RecTensors(_ settings: KSRSettings, items: Int) -> [ModelFile.Expected] {
    let (e, h) = (settings.embeddingSize, settings.hiddenSize)
    var shapes = [("item_embedding.weight", [items, e])]
    for layer in 0..<settings.layerCount {
      shapes.append(("gru_layers.weight_ih_l\(layer)", [3 * h, layer == 0 ? e : h]))
      shapes.append(("gru_layers.weight_hh_l\(layer)", [3 * h, h]))
    }
    shapes += [("dense.weight", [e, h]), ("dense.bias", [e])]
    return shapes.map { ModelFile.Expected(name: $0.0, type: .f32, shape: $0.1) }
  }
}
