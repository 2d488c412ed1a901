import AtomicFiles
import Glibc
import Text

/// Where the model and the data that come with the program lie.
///
/// Looked for in `$KSR_HOME`, then in `../share/ksr-tui` beside the executable, then upward from
/// the executable to a folder that holds `assets/` and `sample-data/`; never in the current folder.
struct BundledFiles {
  let home: String
  let found: String

  static let name = "cinema"

  var model: String { "\(home)/assets/\(BundledFiles.name).safetensors" }
  /// The same with the linear memory, to compare with.
  var linearModel: String { "\(home)/assets/\(BundledFiles.name).linear.safetensors" }
  var data: String { "\(home)/sample-data/\(BundledFiles.name)" }

  /// Compiled descriptions of the commonest terminals, where a package brings them.
  var descriptions: String { "\(home)/terminfo" }

  static func find() throws(UserError) -> BundledFiles {
    if let home = getenv("KSR_HOME").map({ String(cString: $0) }), !home.isEmpty {
      let files = BundledFiles(home: home, found: "KSR_HOME")
      guard files.isHome else {
        throw UserError(
          "KSR_HOME is \(home), which holds no assets/ and sample-data/. Set it to the folder of"
            + " ksr-tui that does, or unset it.")
      }
      return files
    }
    guard let program = Paths.resolved("/proc/self/exe") else {
      throw UserError(
        "The path of this program is unknown; set KSR_HOME to ksr-tui's folder.")
    }
    let shared = BundledFiles(
      home: Paths.parent(Paths.parent(program)) + "/share/ksr-tui", found: "beside the program")
    if shared.isHome { return shared }
    var folder = Paths.parent(program)
    while folder != "/" {
      let files = BundledFiles(home: folder, found: "above the program")
      if files.isHome { return files }
      folder = Paths.parent(folder)
    }
    throw UserError(
      "The bundled model and data were not found: no folder above \(program) holds assets/"
        + " and sample-data/. Set KSR_HOME to the folder that does, or name a model:"
        + " ksr-tui MODEL --data DIR.")
  }

  private var isHome: Bool {
    Paths.isFolder(home + "/assets") && Paths.isFolder(home + "/sample-data")
  }
}
