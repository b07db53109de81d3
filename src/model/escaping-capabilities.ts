/** Each of these leads to all others, or out of the sandbox (capabilities(7)). */
export const ESCAPING_CAPABILITIES: ReadonlySet<string> = new Set(
  "SYS_ADMIN SYS_PTRACE SYS_MODULE SYS_RAWIO DAC_READ_SEARCH DAC_OVERRIDE SETUID SETFCAP MKNOD BPF PERFMON NET_ADMIN"
    .split(" ")
    .map((name) => `CAP_${name}`),
);
