import KSRModel
import Testing

@Suite("Model files: what is wrong with their metadata")
struct ModelFileMetadataTests {
  @Test("A settings' change asks for other tensors")
  func settingsDecideShapes() throws {
    var contents = try modelContents()
    contents.metadata["ksr.num_layers"] = "2"
    #expect(try modelRefusal(contents).detail.contains("missing: gru_layers.weight_ih_l1"))
    contents.metadata["ksr.num_layers"] = "1"
    contents.metadata["ksr.hidden_size"] = "65536"
    contents.metadata["ksr.embedding_size"] = "65536"
    #expect(
      try modelRefusal(contents).detail
        .contains("gru_layers.weight_ih_l0 is F32 [12, 3], expected F32 [196608, 65536]"))
  }

  @Test(
    "Settings that a model cannot have are sentences",
    arguments: [
      ("ksr.num_layers", "4", "from 1 to 3"), ("ksr.embedding_size", "0", "from 1 to 65536"),
      ("ksr.kg_embedding_size", "-1", "from 1 to 65536"),
      ("ksr.hidden_size", "99999999999999999999", "from 1 to 65536"),
      ("ksr.dropout_prob", "1", "below 1"), ("ksr.gamma", "nan", "a finite number"),
      ("ksr.gamma", "", "a finite number"), ("ksr.freeze_kg", "maybe", "true or false"),
      ("ksr.loss_type", "MSE", "CE or BPR"), ("ksr.memory", "\u{1b}", "linear, facts, none"),
      ("ksr.MAX_ITEM_LIST_LENGTH", "1.5", "from 1 to 65536"), ("ksr.new_thing", "1", "not known"),
      ("data.leave_out", "all", "valid_and_test, valid_only, test_only"),
      ("data.new_thing", "1", "not known"), ("metric.NDCG", "high", "expected a number"),
    ])
  func settings(key: String, value: String, expected: String) throws {
    var contents = try modelContents()
    contents.metadata[key] = value
    let error = try modelRefusal(contents)
    #expect(error.reason == .contents)
    #expect(error.detail.contains(key) && error.detail.contains(expected), "\(error)")
  }

  @Test("Metadata that is missing is named, all at once")
  func missingMetadata() throws {
    let good = try modelContents()
    let later = ["ksr.repeat_bias", "ksr.null_slot"]
    let needed = good.metadata.keys.filter {
      ($0.hasPrefix("ksr.") || $0.hasPrefix("data.")) && !later.contains($0)
    }
    #expect(needed.count == 15)
    var none = good
    for key in needed where key != "ksr.format" {
      var without = good
      without.metadata[key] = nil
      #expect(try modelRefusal(without).detail.contains("\(key) is missing"))
      none.metadata[key] = nil
    }
    let error = try modelRefusal(none)
    #expect(error.detail.contains("ksr.embedding_size is missing"))
    #expect(error.detail.hasSuffix("and 2 more"))
  }

  @Test("Other files, and models of another format, are told apart")
  func otherFormats() throws {
    var contents = try modelContents()
    contents.metadata["ksr.format"] = "2"
    #expect(try modelRefusal(contents).detail.contains("format \"2\", expected format 1"))
    contents.metadata["ksr.format"] = nil
    #expect(try modelRefusal(contents).detail.contains("not a model file"))
  }

  @Test("Metadata of others is left alone")
  func foreignMetadata() throws {
    var contents = try modelContents()
    contents.metadata["format"] = "pt"
    let file = try SafetensorsFile(bytes: try contents.serialized(file: "m"), file: "m")
    #expect(throws: Never.self) { try TrainedModel(file) }
  }
}
