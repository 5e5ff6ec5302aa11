/// A recipe whose rules may hold on conditions, so that it suits models of any shape: the mix that
/// a plan starts from.
///
/// Every recipe is a skeleton. Grammar and meaning: `recipes/README.md`.
package struct Skeleton: Sendable, Equatable {
  /// Where it comes from.
  package let provenance: Provenance
  /// The rules in order.
  package let rules: [SkeletonRule]
}

/// A rule of a skeleton: a type for the tensors whose names match while the conditions hold.
package struct SkeletonRule: Sendable, Equatable {
  /// Which tensors, and their type.
  package let typeRule: TypeRule
  /// What must hold of model and tensor; all of it.
  let conditions: [SkeletonCondition]
}
