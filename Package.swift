// swift-tools-version: 6.2
import PackageDescription

// The stack, from bottom to top. A target imports only targets above it in this list; reading the
// list is reading the architecture (Sources/README.md).
let package = Package(
  name: "ration",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "ration", targets: ["ration"]),
    // Tests load it before the C library.
    .library(name: "FaultInjection", type: .dynamic, targets: ["FaultInjection"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .target(name: "Threads"),
    .target(name: "KernelsC"),
    .target(
      name: "GGUF",
      dependencies: ["Threads", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Codecs", dependencies: ["KernelsC", "GGUF"]),
    .systemLibrary(name: "CZlib"),
    .target(name: "Statistics", dependencies: ["Threads", "KernelsC", "GGUF", "Codecs", "CZlib"]),
    .target(name: "Planning", dependencies: ["GGUF", "Statistics"]),
    .target(name: "COpenBLAS"),
    .target(
      name: "LinearAlgebra",
      dependencies: [
        "Threads", "KernelsC", "GGUF", "Codecs",
        .target(name: "COpenBLAS", condition: .when(platforms: [.linux])),
      ],
      linkerSettings: [.linkedFramework("Accelerate", .when(platforms: [.macOS]))]),
    .target(
      name: "Compensation",
      dependencies: ["Threads", "KernelsC", "GGUF", "Codecs", "LinearAlgebra"]),
    .target(name: "ChatTemplates", dependencies: ["GGUF"]),
    .target(
      name: "NeuralNetwork",
      dependencies: [
        "Threads", "KernelsC", "GGUF", "Codecs", "Statistics", "LinearAlgebra", "ChatTemplates",
        .product(name: "HeapModule", package: "swift-collections"),
      ]),
    .target(
      name: "Calibration", dependencies: ["Threads", "GGUF", "Statistics", "NeuralNetwork"]),
    .target(
      name: "Measurement",
      dependencies: [
        "GGUF", "Codecs", "Statistics",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .target(
      name: "Reports",
      dependencies: [
        "GGUF", "Statistics", "Planning", "NeuralNetwork", "Calibration", "Measurement",
      ],
      resources: ["html", "css", "js"].map { .embedInCode("Page/Template/report.\($0)") }),
    .target(
      name: "Workflows",
      dependencies: [
        "Threads", "GGUF", "Codecs", "Statistics", "Planning", "LinearAlgebra", "Compensation",
        "ChatTemplates", "NeuralNetwork", "Calibration", "Measurement", "Reports",
      ]),
    .systemLibrary(name: "CMalloc"),
    .target(name: "CProcess"),
    .executableTarget(
      name: "ration",
      dependencies: [
        "GGUF", "Codecs", "Statistics", "Planning", "NeuralNetwork", "Calibration", "Measurement",
        "Reports", "Workflows",
        "CProcess", .target(name: "CMalloc", condition: .when(platforms: [.linux])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "ration-bench",
      dependencies: [
        "Threads", "GGUF", "Codecs", "Statistics", "Planning", "LinearAlgebra", "Compensation",
        "NeuralNetwork",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "ration-manual",
      dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")]),

    .target(name: "TestSupport", dependencies: ["GGUF", "Codecs"], path: "Tests/TestSupport"),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .target(name: "FaultInjection", path: "Tests/FaultInjection"),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "GGUF", "Codecs", "Statistics", "Planning", "NeuralNetwork", "Calibration", "TestSupport",
      ],
      path: "Tests/FuzzTargets"),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], exclude: ["Corpus"]),
    .testTarget(name: "ThreadsTests", dependencies: ["Threads"]),
    .testTarget(name: "GGUFTests", dependencies: ["GGUF", "TestSupport"]),
    .testTarget(
      name: "CodecsTests",
      dependencies: [
        "Codecs", "KernelsC", "GGUF", "TestSupport", "AllocationCounter",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["EncodedBytes.txt", "Golden"]),
    .testTarget(
      name: "StatisticsTests", dependencies: ["Threads", "Statistics", "GGUF", "TestSupport"]),
    .target(name: "StandardRegex", path: "Tests/StandardRegex"),
    .testTarget(
      name: "PlanningTests",
      dependencies: [
        "Planning", "Statistics", "Codecs", "GGUF", "TestSupport", "StandardRegex",
      ],
      exclude: ["Allocation/Problems", "Sensitivity/Published", "Skeleton/DryRuns"]),
    .testTarget(
      name: "ChatTemplatesTests",
      dependencies: ["ChatTemplates", "GGUF", "TestSupport"],
      exclude: ["record_cases.py", "cases.py", "cases.json", "README.md"]),
    .testTarget(
      name: "NeuralNetworkTests",
      dependencies: [
        "LinearAlgebra", "ChatTemplates", "NeuralNetwork", "Statistics", "Codecs", "GGUF",
        "Threads", "TestSupport",
      ],
      exclude: [
        "Logits", "Tokens", "README.md", "Tokenizer/README.md", "Tokenizer/folio.json",
        "Tokenizer/gemma4.json", "Tokenizer/pieces.json", "Tokenizer/sentencepiece.json",
      ]),
    .testTarget(
      name: "CompensationTests",
      dependencies: [
        "Compensation", "LinearAlgebra", "Codecs", "GGUF", "Threads", "TestSupport",
      ]),
    .testTarget(
      name: "CalibrationTests",
      dependencies: ["Calibration", "NeuralNetwork", "Statistics", "GGUF", "TestSupport"]),
    .testTarget(
      name: "MeasurementTests",
      dependencies: [
        "Measurement", "Statistics", "Codecs", "GGUF", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Reports", "Planning", "Measurement", "Calibration", "NeuralNetwork", "Statistics", "GGUF",
        "TestSupport",
      ],
      exclude: ["Page/Browser"]),
    .testTarget(
      name: "WorkflowsTests",
      dependencies: [
        "Workflows", "Reports", "Planning", "Measurement", "Calibration", "NeuralNetwork",
        "LinearAlgebra", "Statistics", "Codecs", "GGUF", "TestSupport",
      ],
      exclude: ["Calibrate/Torch"]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["ration", "ration-manual", "Codecs", "GGUF", "TestSupport"],
      exclude: ["DemoOutputs.txt", "Snapshots"]),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings a `main` of its own, so the fuzzer builds with `--sanitize fuzzer` alone: `make fuzz`.
if Context.environment["RATION_FUZZER"] != nil {
  package.targets.append(
    .executableTarget(name: "ration-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzzer"))
}

for target in package.targets where target.type != .plugin && target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}
