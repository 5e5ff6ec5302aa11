import Reports
import Testing

@Suite("A repository of a hub") struct HubRepositoryTests {
  @Test(
    "is named by its owner and name, or its address",
    arguments: [
      "zai-org/GLM-4.6", "https://huggingface.co/zai-org/GLM-4.6", "https://hf.co/zai-org/GLM-4.6/",
    ])
  func names(text: String) { #expect(HubRepository(text)?.name == "zai-org/GLM-4.6") }

  @Test(
    "is nothing else",
    arguments: [
      "", "GLM-4.6", "a/b/c", "/a/b", "a//b", "a/b/", "https://huggingface.co/zai-org",
      "https://example.org/a/b", "a/b)", "a b/c", "../..", "a/<b>", "a/b\n",
    ])
  func others(text: String) { #expect(HubRepository(text) == nil) }
}
