package import GGUF

/// The JSON formats of reports. `ration recipe convert --to json` prints one more, `ration.recipe`,
/// which is a recipe and no report.
///
/// | schema               | version | printed by                             |
/// |----------------------|---------|----------------------------------------|
/// | `ration.calibrate`   | 1       | `ration calibrate --json`              |
/// | `ration.plan`        | 1       | `ration plan --json`                   |
/// | `ration.apply`       | 1       | `ration apply --json`                  |
/// | `ration.inspect`     | 1       | `ration inspect --json`                |
/// | `ration.verify`      | 1       | `ration verify --json`                 |
/// | `ration.show`        | 1       | `ration show --json`                   |
/// | `ration.evaluate`    | 1       | `ration evaluate --json`               |
/// | `ration.frontier`    | 1       | `ration frontier --json`               |
/// | `ration.recipe-diff` | 1       | `ration recipe diff --model M --json`  |
/// | `ration.rule-diff`   | 1       | `ration recipe diff --json`            |
extension Schema {
  /// How certain statistics are, tensor by tensor.
  package static let calibrate = Schema(name: "ration.calibrate", version: 1)
  /// A plan: its figures, and a type and its reason for every tensor.
  package static let plan = Schema(name: "ration.plan", version: 1)
  /// A file that was written, tensor by tensor.
  package static let apply = Schema(name: "ration.apply", version: 1)
  /// A record for each tensor and type.
  package static let inspect = Schema(name: "ration.inspect", version: 1)
  /// What is wrong with a model's file, if anything.
  package static let verify = Schema(name: "ration.verify", version: 1)
  /// What a model's file is and how it was made.
  package static let show = Schema(name: "ration.show", version: 1)
  /// What two models made of a text.
  package static let evaluate = Schema(name: "ration.evaluate", version: 1)
  /// The best plans of all sizes, and known mixes beside them.
  package static let frontier = Schema(name: "ration.frontier", version: 1)
  /// The tensors of a model that two recipes give different types.
  package static let recipeDiff = Schema(name: "ration.recipe-diff", version: 1)
  /// The rules that only one of two recipes has.
  package static let ruleDiff = Schema(name: "ration.rule-diff", version: 1)
}
