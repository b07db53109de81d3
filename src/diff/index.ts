export { type Area, type Change, type Difference, SHIFTS, type Shift, type Side } from "./difference.ts";
export { diffPlans } from "./plans.ts";
export { diffProfiles, type Profile } from "./profiles.ts";
