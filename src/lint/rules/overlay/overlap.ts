import { bubblewrapManual, issue } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "overlay/overlap",
  severity: "error",
  title: "The layer of a copy-on-write mount lies in the directory that it is laid over, or belongs to two.",
  why: "What an overlay of overlapping directories shows is undefined; newer kernels refuse it, older ones lose files.",
  sources: [bubblewrapManual, issue("containers/bubblewrap", 680), issue("containers/bubblewrap", 685)],
  fix: "Keep each layer in a directory of its own, apart from what it is laid over.",
  refusedAs: ["cow/keep-overlaps", "cow/keep-twice", "cow/keep-in-reach"],
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /src: {from: ., access: cow, keep: ./layer}\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /src: {from: ., access: cow}\n" },
});
