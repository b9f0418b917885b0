import pLimit from "p-limit";
import type { Environment } from "../../../stacks/environments/environment";
import type { ReportedEnvironment } from "../../reports/doctor-report";

/**
 * Diagnoses many environments, `parallel` at a time. One for which AWS doesn't answer makes room for another while it waits.
 *
 * @param diagnoseOne diagnoses one, and calls `onSilence` when AWS stops answering
 * @param onDiagnosis called with each diagnosis once it is known, and the environment's index
 * @throws whatever a diagnosis throws
 */
export async function examineAll(
  environments: readonly Environment[],
  parallel: number,
  diagnoseOne: (environment: Environment, onSilence: () => void) => Promise<ReportedEnvironment>,
  onDiagnosis: (diagnosis: ReportedEnvironment, index: number) => void,
): Promise<void> {
  const limit = pLimit(parallel);
  await Promise.all(
    environments.map(async (environment, index) => {
      let known: Promise<void> | undefined;
      await limit(
        () =>
          new Promise<void>((makeRoom, fail) => {
            known = diagnoseOne(environment, makeRoom).then((diagnosis) => onDiagnosis(diagnosis, index));
            known.then(makeRoom, fail);
          }),
      );
      await known;
    }),
  );
}
