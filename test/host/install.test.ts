import { describe, expect, it } from "vitest";
import { installCommand } from "../../src/host/install.ts";

describe("installCommand", () => {
  const debian = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n';

  it.each([
    [debian, "sudo apt install bubblewrap"],
    ["NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian", "sudo apt install bubblewrap"],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', "sudo apt install bubblewrap"],
    ["ID=fedora", "sudo dnf install bubblewrap"],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"', "sudo dnf install bubblewrap"],
    ["ID=arch", "sudo pacman -S bubblewrap"],
    ["ID=alpine", "sudo apk add bubblewrap"],
    ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', "sudo zypper install bubblewrap"],
    ["ID='opensuse-leap'", "sudo zypper install bubblewrap"],
    ["ID=nixos", undefined],
    ["ID=constructor", undefined],
    ["", undefined],
  ])("for %j is %s", (osRelease, expected) => {
    expect(installCommand("bwrap", osRelease, false)).toBe(expected);
  });

  it("needs no sudo for root, and knows the package of each program", () => {
    expect(installCommand("bwrap", debian, true)).toBe("apt install bubblewrap");
    expect(installCommand("prlimit", debian, true)).toBe("apt install util-linux");
    expect(installCommand("git", debian, true)).toBe("apt install git");
  });
});
