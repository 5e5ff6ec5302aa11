// swift-tools-version: 6.2
import PackageDescription

// The stack, from bottom to top. A target imports only targets above it in this list; reading the
// list is reading the architecture (Sources/README.md).
let package = Package(
  name: "ration",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "ration", targets: ["ration"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .target(name: "KernelsC"),
    .target(name: "GGUF"),
    .target(name: "Codecs", dependencies: ["KernelsC", "GGUF"]),
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "Calibration",
      dependencies: [
        "KernelsC", "GGUF", "Codecs",
        .target(name: "COpenBLAS", condition: .when(platforms: [.linux])),
      ],
      linkerSettings: [.linkedFramework("Accelerate", .when(platforms: [.macOS]))]),
    .target(
      name: "Measurement",
      dependencies: [
        "GGUF", "Codecs", "Calibration",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(name: "Planning", dependencies: ["GGUF", "Measurement"]),
    .target(name: "Reports", dependencies: ["GGUF", "Calibration", "Measurement", "Planning"]),
    .target(
      name: "Workflows",
      dependencies: ["GGUF", "Codecs", "Calibration", "Measurement", "Planning", "Reports"]),
    .executableTarget(
      name: "ration",
      dependencies: [
        "GGUF", "Codecs", "Calibration", "Measurement", "Planning", "Reports", "Workflows",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "ration-bench",
      dependencies: [
        "GGUF", "Codecs", "Calibration", "Planning",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(name: "TestSupport", dependencies: ["GGUF"], path: "Tests/TestSupport"),
    .testTarget(name: "GGUFTests", dependencies: ["GGUF", "TestSupport"]),
    .testTarget(
      name: "CodecsTests",
      dependencies: [
        "Codecs", "KernelsC", "GGUF", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["EncodedBytes.txt", "Golden"]),
    .testTarget(
      name: "CalibrationTests",
      dependencies: ["Calibration", "GGUF", "TestSupport"],
      exclude: ["Network/Logits", "Network/Tokens", "Network/README.md", "Tokenizers"]),
    .testTarget(
      name: "MeasurementTests",
      dependencies: [
        "Measurement", "Calibration", "Codecs", "GGUF", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "PlanningTests",
      dependencies: ["Planning", "Measurement", "Codecs", "GGUF", "TestSupport"],
      exclude: ["Allocation/Problems", "Sensitivity/Published", "Skeleton/DryRuns"]),
    .testTarget(
      name: "ReportsTests",
      dependencies: ["Reports", "Planning", "Measurement", "Calibration", "GGUF"]),
    .testTarget(
      name: "WorkflowsTests",
      dependencies: [
        "Workflows", "Reports", "Planning", "Measurement", "Calibration", "Codecs", "GGUF",
        "TestSupport",
      ]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["ration", "TestSupport"], exclude: ["Snapshots"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .plugin && target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}
