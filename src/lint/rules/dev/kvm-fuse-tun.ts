import { devicesLike } from "../../device-entries.ts";
import { bubblewrapManual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ devices: string }>({
  id: "dev/kvm-fuse-tun",
  severity: "info",
  title:
    "Devices with a large part of the kernel behind them (KVM, FUSE, TUN, GPUs, sound, video, USB, the kernel's log) are given to the command.",
  why: "Each is a driver that takes orders from the command: more of the kernel to attack, and with a fault in it the way out.",
  sources: [
    bubblewrapManual,
    { text: "the kernel on KVM's interface", url: "https://docs.kernel.org/virt/kvm/api.html" },
  ],
  fix: "Keep what is needed, with a reason.",
  bad: { profile: "version: 1\nextends: [base]\ndevices: [minimal, /dev/kvm]\n" },
  good: { profile: "version: 1\nextends: [base]\ndevices: [minimal]\n" },
  message: ({ devices }) => `${devices}: a driver that takes orders from the command`,
  help: () => "take it out, or accept it with a reason under `lint.ignore`",
  *check(facts) {
    for (const { paths, origin } of devicesLike(
      facts,
      /^\/dev\/((kvm|vboxdrv|userfaultfd|kmsg|fuse|net|dri|kfd|snd|vfio|udmabuf|mapper\/control|bus\/usb)(?![\w-])|nvidia|video|vhost|loop|tpm)/,
    )) {
      yield { data: { devices: listed(paths) }, at: origin };
    }
  },
});
