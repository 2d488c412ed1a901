// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody needs the benchmark library to build or test ksr-tui.
func benchmark(_ name: String, _ rooms: [String]) -> Target {
  .executableTarget(
    name: name,
    dependencies: rooms.map { .product(name: $0, package: "ksr-tui") } + [
      "Simulated", .product(name: "Benchmark", package: "benchmark"),
    ],
    path: name,
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "ksr-tui", path: ".."),
    // Without its interposers, which count allocations; times are all that is wanted here.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(
      name: "Simulated",
      dependencies: ["AtomicFiles", "KSRModel", "KSRNumerics", "Randomness"].map {
        .product(name: $0, package: "ksr-tui")
      },
      path: "Simulated"),
    benchmark("Explorer", ["ExplorerCore", "KSRModel", "Workspace"]),
    benchmark(
      "TrainingAndRanking",
      ["AtomicFiles", "Evaluation", "KSRModel", "KnowledgeGraph", "Randomness", "Training"]),
  ])
