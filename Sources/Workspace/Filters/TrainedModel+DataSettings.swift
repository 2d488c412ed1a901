import AtomicFiles
import KSRModel

extension TrainedModel {
  /// How the data was read and filtered that the model was trained on.
  package func dataSettings() throws(DataError) -> DataSettings {
    try DataSettings(given: provenance.training, source: "the settings in the model file")
  }
}
