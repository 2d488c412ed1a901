extension KSRParameters {
  /// The parameters as a safetensors file under the names of RecBole's state dict, `relation_Matrix`
  /// with them; PyTorch's and our own import read it.
  package var stateDict: SafetensorsContents {
    SafetensorsContents(
      metadata: ["format": "pt"],
      tensors: entries.map {
        SafetensorsTensor($0.name, shape: $0.shape, .floats(self[keyPath: $0.path]))
      })
  }
}
