import "../modules/support-app/peers";

export type { Channel, Environment } from "./environment";
export { EnvironmentsError, loadEnvironments } from "./environments";
export { SupportAppStack } from "./support-app-stack";
export { type Customize, synthesize } from "./synthesize";
