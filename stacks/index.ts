/**
 * The stacks of environments.yaml, for a `main.ts` of your own.
 *
 * @module stacks
 */
import "../modules/support-app/peers";

export { ChoiceError } from "./environments/chosen-environments";
export type { Channel, Environment } from "./environments/environment";
export { loadEnvironments } from "./environments/environments";
export { YamlFileError } from "./environments/yaml/yaml-file-error";
export { SupportAppStack } from "./support-app-stack";
export { type Customize, synthesize } from "./synthesize";
