import "../modules/support-app/peers";

export { ChoiceError } from "./chosen-environments";
export type { Channel, Environment } from "./environment";
export { EnvironmentsError, loadEnvironments } from "./environments";
export { SupportAppStack } from "./support-app-stack";
export { type Customize, synthesize } from "./synthesize";
