import AtomicFiles

/// A file of `torch.save`: a state dict, alone or in a checkpoint of RecBole.
///
/// Nothing in it is run: what is not plain data or a tensor stays a name (``Unpickler``), and is an
/// error only where a parameter should be.
package struct PyTorchCheckpoint: Sendable {
  package let stateDict: StateDict
  /// The settings of the run that wrote it (RecBole's `final_config_dict`), as far as they are plain
  /// data; empty where there are none.
  package let configuration: [String: SettingValue]
  /// The epoch after which it was written, counted from 0, where it tells.
  package let epoch: Int?

  /// The most tensors in a state dict.
  private static let mostTensors = 1000

  /// Whether a file is meant to be one: by its name, or by how an archive begins.
  package static func isMeant(by path: String) -> Bool {
    if [".pth", ".pt"].contains(where: path.hasSuffix) { return true }
    let start = try? InputFile(path: path).beginning(4)
    return start == [0x50, 0x4B, 3, 4]
  }

  /// Reads and checks a file.
  package init(path: String) throws(CheckpointError) {
    let input = try InputFile(path: path)
    try self.init(bytes: try input.read(input.size), file: path)
  }

  /// Checks the bytes of a file.
  ///
  /// - Parameter file: what errors call it.
  package init(bytes: [UInt8], file: String) throws(CheckpointError) {
    let archive = try ZipArchive(bytes: bytes, file: file)
    let suffix = "/data.pkl"
    let pickles = archive.entries.filter { $0.name.hasSuffix(suffix) }
    guard let pickle = pickles.first, pickles.count == 1 else {
      throw CheckpointError(
        .archive, file: file,
        "it has \(pickles.count) entries called data.pkl, expected one as torch.save writes")
    }
    let folder = String(pickle.name.dropLast(suffix.count))
    if let order = archive.entry(folder + "/byteorder") {
      let bytes = try archive.contents(order)
      guard bytes == Array("little".utf8) else {
        throw CheckpointError(
          .archive, file: file,
          "its byteorder is \(quoted(String(decoding: bytes.prefix(60), as: UTF8.self))), expected"
            + " little")
      }
    }
    let objects = try Unpickler.objects(of: try archive.contents(pickle), file: file)
    let limit = bytes.count
    stateDict = try Self.stateDict(objects, archive, folder: folder, limit: limit)
    configuration = objects.configuration
    if case .int(let number) = objects.member("epoch", of: objects.root) {
      epoch = number
    } else {
      epoch = nil
    }
  }

  /// The tensors under `state_dict`, or of the whole file where that is a state dict itself.
  private static func stateDict(
    _ objects: PickledObjects, _ archive: ZipArchive, folder: String, limit: Int
  ) throws(CheckpointError) -> StateDict {
    func fail(_ detail: String, tensor: String? = nil) -> CheckpointError {
      CheckpointError(.pickle, file: archive.file, tensor: tensor, detail)
    }
    let value = objects.member("state_dict", of: objects.root) ?? objects.root
    guard let members = objects.members(of: value) else {
      throw fail(
        "its state_dict is \(objects.kind(of: value)), expected a dictionary of tensors by name")
    }
    guard members.count <= mostTensors else {
      throw fail("its state_dict has \(members.count) entries, expected at most \(mostTensors)")
    }
    var storages: [String: [UInt8]] = [:]
    var tensors: [StateDict.Tensor] = []
    var total = 0
    for (name, value) in members {
      guard case .tensor(let tensor) = objects[value] else {
        throw fail(
          "in state_dict it is \(objects.kind(of: value)), expected a tensor", tensor: name)
      }
      if let fault = tensor.fault { throw fail(fault, tensor: name) }
      // Tensors may show the same elements, which must not make much out of little.
      guard let count = tensor.count, count <= limit - total else {
        throw fail("its tensors have more elements than the file has bytes", tensor: name)
      }
      total += count
      let key = tensor.storage.key
      let bytes: [UInt8]
      if let known = storages[key] {
        bytes = known
      } else {
        guard let entry = archive.entry("\(folder)/data/\(key)") else {
          throw fail("its storage \(quoted(key)) is not in the archive", tensor: name)
        }
        bytes = try archive.contents(entry)
        storages[key] = bytes
      }
      let size = tensor.storage.count.multipliedReportingOverflow(by: tensor.storage.type.bits / 8)
      guard !size.overflow, bytes.count == size.partialValue else {
        throw fail(
          "its storage is said to have \(tensor.storage.count) elements of type"
            + " \(tensor.storage.type.rawValue) but has \(bytes.count) bytes", tensor: name)
      }
      guard let values = tensor.floats(from: bytes) else {
        throw CheckpointError(
          .elementType, file: archive.file, tensor: name,
          "the elements are \(tensor.storage.type.rawValue), expected F32, F16, BF16 or F64")
      }
      tensors.append(StateDict.Tensor(name: name, shape: tensor.shape, values: values))
    }
    return StateDict(file: archive.file, tensors: tensors)
  }
}
