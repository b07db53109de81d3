/** What each problem that sbx reports is about, by its id; loaded for who asks. */
export { PROBLEM_KINDS } from "../generated/problem-kinds.ts";
