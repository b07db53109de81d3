import { configureGlobal } from "fast-check";

/** `npm run soak`: every property that names no count of its own is tried this often, instead of fast-check's 100 times. */
configureGlobal({ numRuns: 20_000 });
