import { devicesLike } from "../../device-entries.ts";
import { bubblewrapManual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ devices: string }>({
  id: "dev/input-uinput",
  severity: "error",
  title: "Input devices (/dev/input, /dev/uinput, /dev/hidraw*) are given to the command.",
  why: "They read every key that is pressed, type into any window, and talk to security keys.",
  sources: [bubblewrapManual, { text: "the kernel on uinput", url: "https://docs.kernel.org/input/uinput.html" }],
  fix: "Take them out.",
  bad: { profile: "version: 1\nextends: [base]\ndevices: [minimal, /dev/uinput]\n" },
  good: { profile: "version: 1\nextends: [base]\ndevices: [minimal]\n" },
  message: ({ devices }) => `${devices}: whoever has it reads and types every key`,
  help: () => "take it out",
  *check(facts) {
    for (const { paths, origin } of devicesLike(facts, /^\/dev\/(input|uinput|hidraw|uhid|hiddev|usb\/hiddev)/)) {
      yield { data: { devices: listed(paths) }, at: origin };
    }
  },
});
