/* Reads the environment file and nothing else. */
import { loadEnvironments } from "../../stacks/environments/environments";

loadEnvironments();
