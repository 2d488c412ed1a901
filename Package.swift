// swift-tools-version: 6.1
import PackageDescription

// Rooms in the order of their imports: each may import only what stands above it.
let rooms: [(name: String, imports: [Target.Dependency])] = [
  ("Randomness", []),
  ("Text", []),
  // Not Numerics: swift-numerics has a module of that name, and one program cannot hold both.
  ("KSRNumerics", ["CKernels"]),
  ("AtomicFiles", [.product(name: "Yams", package: "Yams")]),
  ("KnowledgeGraph", ["Randomness", "CKernels", "KSRNumerics", "AtomicFiles"]),
  (
    "KSRModel",
    [
      "CKernels", "Randomness", "KSRNumerics", "AtomicFiles", "KnowledgeGraph",
      .product(name: "HeapModule", package: "swift-collections"),
    ]
  ),
  (
    "Workspace",
    ["Randomness", "Text", "KSRNumerics", "AtomicFiles", "KnowledgeGraph", "KSRModel"]
  ),
  ("Evaluation", ["Randomness", "CKernels", "KSRNumerics", "KSRModel", "Workspace"]),
  (
    "Explanation",
    [
      "Randomness", "Text", "CKernels", "KSRNumerics", "AtomicFiles", "KSRModel", "Workspace",
      "Evaluation",
    ]
  ),
  (
    "Training",
    [
      "Randomness", "Text", "CKernels", "KSRNumerics", "AtomicFiles", "KnowledgeGraph", "KSRModel",
      "Workspace", "Evaluation",
    ]
  ),
  (
    "DataCheck",
    ["Randomness", "Text", "AtomicFiles", "KnowledgeGraph", "KSRModel", "Workspace", "Explanation"]
  ),
  ("SampleData", ["Randomness", "Text", "AtomicFiles", "KnowledgeGraph"]),
  (
    "ExplorerCore",
    [
      "Randomness", "Text", "AtomicFiles", "CKernels", "KSRNumerics", "KSRModel", "Workspace",
      "Evaluation", "Explanation",
    ]
  ),
]

// Rooms whose tests need no model.
let belowModel: Set = [
  "Randomness", "Text", "KSRNumerics", "AtomicFiles", "KnowledgeGraph", "SampleData",
]

// Static, since an automatic library cannot be built alone: `swift build --product Explanation` must
// not need what the explorer needs.
let products: [Product] =
  (["CKernels"] + rooms.map(\.name)).map { .library(name: $0, type: .static, targets: [$0]) }
  + [
    // One program under two names: it goes by the one that it is called by.
    .executable(name: "ksr-tui", targets: ["ksr-tui"]),
    .executable(name: "ksr", targets: ["ksr-tui"]),
  ]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "ksr-tui",
  products: products,
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CNcurses", providers: [.apt(["libncursesw5-dev"])]),
    .target(name: "CTerminal"),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("dl"), .linkedLibrary("m")]),
  ]
    + rooms.map { .target(name: $0.name, dependencies: $0.imports) }
    + rooms.map { room in
      .testTarget(
        name: room.name + "Tests",
        dependencies: [.target(name: room.name)] + room.imports + ["TestSupport"]
          + (belowModel.contains(room.name) ? [] : ["ModelTestSupport"]))
    } + [
      .target(
        name: "ModelTestSupport",
        dependencies: ["Randomness", "KSRNumerics", "AtomicFiles", "KSRModel"],
        path: "Tests/ModelTestSupport"),
      .target(name: "TestSupport", dependencies: ["Randomness"], path: "Tests/TestSupport"),
      .executableTarget(
        name: "ksr-tui",
        dependencies: [
          "AtomicFiles", "CKernels", "CNcurses", "CTerminal", "Explanation", "ExplorerCore",
          "KSRModel", "Text", "Workspace", "ksr", argumentParser,
        ]
      ),
      .target(
        name: "ksr",
        dependencies: [
          "KSRNumerics", "AtomicFiles", "KnowledgeGraph", "KSRModel", "Workspace", "Evaluation",
          "Explanation", "Text", "Training", "DataCheck", "SampleData", argumentParser,
        ]),
      .testTarget(
        name: "TerminalTests",
        dependencies: [
          "ksr-tui", "AtomicFiles", "CNcurses", "ExplorerCore", "KSRModel", "Text", "Workspace",
          "TestSupport",
        ]),
      .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "Randomness", "TestSupport"]),
      .testTarget(name: "EndToEndTests", dependencies: ["TestSupport"], path: "Tests/EndToEnd"),
    ],
  swiftLanguageModes: [.v6]
)
