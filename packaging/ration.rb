# A formula for Homebrew on macOS, of the newest sources. Untested, as is Ration on macOS.
#
# OWNER stands for the account that publishes the repository. The formula belongs into its tap, OWNER/homebrew-tap:
#
#   brew install --HEAD OWNER/tap/ration
#
# For Linux there are packages, which need no formula: `make dist`.
class Ration < Formula
  desc "Planner and quantizer for GGUF language models"
  homepage "https://github.com/OWNER/ration"
  license "MIT"
  head "https://github.com/OWNER/ration.git", branch: "main"

  # Swift 6.2.
  depends_on xcode: ["26.0", :build]
  depends_on macos: :sequoia
  depends_on :macos
  uses_from_macos "sqlite"
  uses_from_macos "zlib"

  def install
    # Homebrew has a sandbox of its own, and a sandbox in a sandbox cannot be.
    system "make", "install", "PREFIX=#{prefix}", "FLAGS=--disable-sandbox"
  end

  test do
    assert_match(/^\d+\.\d+\.\d+$/, shell_output("#{bin}/ration --version"))
    assert_equal ".*=q8_0", shell_output("#{bin}/ration recipe convert q8_0 --to custom-q").strip
  end
end
