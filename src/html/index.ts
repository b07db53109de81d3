export { type Glance, glance } from "./glance.ts";
export { nodesOf, type OutlineAccess, type OutlineNode, outline } from "./outline.ts";
export { isUntouchedPage, type PageTools, planPage } from "./page.ts";
export { type Setting, settingsOf, stepsOf, variablesOf } from "./settings.ts";
