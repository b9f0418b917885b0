import pLimit from "p-limit";
import type { Environment } from "../../stacks/environment";
import type { Diagnosis } from "./diagnose";

/**
 * Diagnoses many environments, so many at once. One of which AWS is silent makes room for another while it is waited for.
 *
 * @param diagnoseOne diagnoses one, and tells when AWS begins to be silent about it
 * @param told told each diagnosis once it is known, with the environment's index
 * @throws whatever a diagnosis throws
 */
export async function examineAll(
  environments: readonly Environment[],
  parallel: number,
  diagnoseOne: (environment: Environment, onSilence: () => void) => Promise<Diagnosis>,
  told: (diagnosis: Diagnosis, index: number) => void,
): Promise<void> {
  const limit = pLimit(parallel);
  await Promise.all(
    environments.map(async (environment, index) => {
      let known: Promise<void> | undefined;
      await limit(
        () =>
          new Promise<void>((makeRoom, fail) => {
            known = diagnoseOne(environment, makeRoom).then((diagnosis) => told(diagnosis, index));
            known.then(makeRoom, fail);
          }),
      );
      await known;
    }),
  );
}
