import { configureGlobal } from "fast-check";

/** The same generated cases on every run: what breaks is the change at hand. `npm run soak` tries new ones. */
configureGlobal({ seed: 20 });
