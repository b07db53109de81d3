export { type Claim, type Claims, readClaims, testsOf, type WrittenTest } from "./claim.ts";
export { type CommandClaim, type Ended, weighCommand } from "./command.ts";
export { notTried } from "./problems.ts";
export {
  type Answer,
  type ClaimResult,
  type Outcome,
  type TestedProfile,
  type TestResult,
  together,
} from "./result.ts";
export { type FoundSettings, type SettingClaim, weighSetting } from "./setting.ts";
export { simulate, whoRuns } from "./simulate.ts";
export { weighPath } from "./weigh.ts";
